"""What a person asks of a plan beside its selection; reads nothing."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.plan.model import Checkpoint, Plan
from tierline.plan.ready import unasked


@frozen
class Wishes:
    """`checkpoint` None: not asked for, so that a plan file's own holds. `ready_only` likewise.

    `without` is a selection of what is left out with all that depends on it; "" for nothing.
    `together` is one of services that move as one; "" for none.
    """

    checkpoint: Checkpoint | None = None
    ready_only: bool = False
    without: str = ""
    together: str = ""


def wishes_of(plan: Plan) -> Wishes:
    """What a plan was made with."""
    return Wishes(
        plan.checkpoint, plan.ready_only, " ".join(unasked(plan)), " ".join(plan.together)
    )
