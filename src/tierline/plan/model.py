"""A plan as a value: what ships, in which order, under which rules, bound to what.

The digest binds what decides the plan: services' revisions, edges, outside owners' revisions,
rules, verdicts. Timestamps, expected durations and unrelated files are not bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.boundary.table import Table
from tierline.facts.decision import Decision
from tierline.facts.evidence import SignalKind
from tierline.facts.revision import Revision
from tierline.frozen import frozen
from tierline.policy.model import Demand, Limits, OnBoundary, OnFailure, OnTierFailure, TierMode
from tierline.rollback.foresight import Foresight

SCHEMA = "tierline/plan/1"


@frozen
class PlannedService:
    """One service of a plan. `owners` are planned too, `outside` are in the mesh but not planned,
    `externals` are outside it and nobody vouches for them.

    `rank` is its place in line when several may start: 0 goes first (longest remaining path).
    `serves_http` says whether requests can be sampled; `workloads` must all run to be verified.
    """

    service_id: str
    tier: int
    effective_tier: int
    level: int
    batch: str
    owners: tuple[str, ...]
    outside: tuple[str, ...]
    externals: tuple[str, ...]
    revision: Revision
    workloads: tuple[str, ...]
    serves_http: bool
    decision: Decision
    expected_seconds: float
    rank: int
    argv: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """workload -> command that the mesh's configuration asks for, shown and bound"""
    after: tuple[str, ...] = ()
    """planned services that must be verified before it for the sake of a contract, not of data"""
    brings: tuple[SignalKind, ...] = ()
    """telemetry that it says it brings: required of it, whatever the policy asks for"""


@frozen
class Batch:
    """The services of one effective tier and level: the unit of reporting and checkpoints."""

    id: str
    effective_tier: int
    level: int
    services: tuple[str, ...]


@frozen
class Overruled:
    """A service that its declared tier would start too early."""

    service_id: str
    tier: int
    effective_tier: int
    because: str


@frozen
class Blocker:
    """Why the plan, or a service of it, is not GO."""

    code: str
    service_id: str | None
    message: str
    chain: tuple[str, ...] = ()


@frozen
class Rules:
    """The part of the policy that steers the rollout and its verification.

    `status_only`: nobody asks the services; what the target says of them is all the evidence.
    """

    tiers: TierMode
    on_failure: OnFailure
    on_tier_failure: OnTierFailure
    limits: Limits
    signals: Mapping[str, Demand]
    """signal kind -> how much it is asked for"""
    status_only: bool = False
    on_boundary: OnBoundary = OnBoundary.FAIL


@frozen
class LeftOut:
    """A service that was selected and is not released: it is not GO, was asked to be left out, or
    depends on such a one.

    `chain` leads from it to the service that decides, itself first.
    """

    service_id: str
    decision: Decision
    code: str
    message: str
    chain: tuple[str, ...]
    batch: str
    effective_tier: int


class Checkpoint(StrEnum):
    """After what a rollout stops until a person lets it go on."""

    NONE = "none"
    TIER = "tier"
    BATCH = "batch"


@frozen
class Plan:
    """The frozen order of a release; `digest` is its identity.

    `services` are in rank order. `outside` maps owners outside the plan to the revision seen
    running when it was made ("" if none was seen). `bound_seconds` is a lower bound of the makespan
    under these rules, checkpoints included but not the time that people take to answer;
    `bound_untiered_seconds` the same without tiers and checkpoints. With `ready_only` whatever is not GO
    is in `left_out` instead of in `services`, as is always what was asked to be left out; `decision`
    speaks of `services` only. `together` are services that people declared to move as one.
    """

    digest: str
    environment: str
    target: str
    mesh: str
    selection: str
    decision: Decision
    services: tuple[PlannedService, ...]
    batches: tuple[Batch, ...]
    overruled: tuple[Overruled, ...]
    blockers: tuple[Blocker, ...]
    outside: Mapping[str, str]
    rules: Rules
    policy_digest: str
    bound_seconds: float
    bound_untiered_seconds: float
    checkpoint: Checkpoint = Checkpoint.NONE
    ready_only: bool = False
    left_out: tuple[LeftOut, ...] = ()
    compared: str = ""
    """a sentence: what contracts were compared with; not bound, the verdicts that follow from it are"""
    foresight: Foresight | None = None
    """what is known of going back; not bound, since it depends on what ran before"""
    together: tuple[str, ...] = ()
    boundaries: Table | None = None
    """the pairs of revisions that it meets, judged when it was made; not bound, verdicts are"""
