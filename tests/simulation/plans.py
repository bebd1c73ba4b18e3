"""Random plans and scripts, all from one seed."""

from __future__ import annotations

from random import Random

from tierline.facts.evidence import SignalKind
from tierline.mesh.graph import build_graph
from tierline.plan.model import Plan
from tierline.policy.model import Demand, Limits, OnTierFailure, TierMode
from tierline.targets.simulated.behaviour import Behaviour

from ..rollouts import plan_of  # type: ignore[import-not-found] # tests are no package
