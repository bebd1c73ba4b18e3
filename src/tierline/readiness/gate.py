"""What a gate is: a rule with a reason, and the pure function that judges by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts

Judge = Callable[[Mesh, GateFacts, Policy], Iterable[Defect]]
"""how bad a defect is, the table of codes and the policy say; a judge only finds"""


@frozen
class Gate:
    """One row of the table of gates. `judge` None: announced, and not judged by this version."""

    id: str
    title: str
    why: str
    needs: str
    documentation: str
    judge: Judge | None = None
