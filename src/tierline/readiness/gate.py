"""What a gate is: a rule with a reason, and the pure function that judges by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts, ServiceFacts

Judge = Callable[[Mesh, GateFacts, Policy], Iterable[Defect]]
"""how bad a defect is, the table of codes and the policy say; a judge only finds"""
ServiceJudge = Callable[[ServiceFacts], Iterable[Defect]]
"""judges one service by its own files and its surroundings, so that services are judged apart"""
Off = Callable[[Mesh, GateFacts, Policy], str]
"""why a gate is not asked for this time; "" where it is"""


@frozen
class Gate:
    """One row of the table of gates. Without any judge: announced, and not judged by this version."""

    id: str
    title: str
    why: str
    needs: str
    documentation: str
    judge: Judge | None = None
    judge_service: ServiceJudge | None = None
    off: Off | None = None

    @property
    def is_judged(self) -> bool:
        """Whether this version judges it at all."""
        return self.judge is not None or self.judge_service is not None
