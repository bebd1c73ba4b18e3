"""What a gate is: a rule with a reason, and the pure function that judges by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts, ServiceFacts
from tierline.readiness.model import Finding

Judge = Callable[[Mesh, GateFacts, Policy], Iterable[Defect]]
"""how bad a defect is, the table of codes and the policy say; a judge only finds"""
ServiceJudge = Callable[[ServiceFacts], Iterable[Defect]]
"""judges one service by its own files and its surroundings, so that services are judged apart"""
Off = Callable[[Mesh, GateFacts, Policy], str]
"""why a gate is not asked for this time; "" where it is"""


@frozen
class Found:
    """What the gates of a check found, before waivers count. `judged`: the gates that were asked.

    `partial`: some were left out, so what is missing says nothing.
    """

    findings: tuple[Finding, ...]
    judged: frozenset[str]
    partial: bool
    now: Instant


FoundJudge = Callable[[Mesh, GateFacts, Policy, Found], Iterable[Defect]]
"""judges by what all other gates found, after them"""


@frozen
class Gate:
    """One row of the table of gates; at least one of its judges is there."""

    id: str
    title: str
    why: str
    needs: str
    documentation: str
    judge: Judge | None = None
    judge_service: ServiceJudge | None = None
    off: Off | None = None
    judge_found: FoundJudge | None = None
