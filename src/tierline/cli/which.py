"""Which rollout a command means when its id is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierline.conductor.history import OPEN, latest, load
from tierline.errors import UsageError

if TYPE_CHECKING:
    from tierline.plan.model import Plan
    from tierline.rollout.state import State
    from tierline.store.protocol import Store


def which(store: Store, environment: str, rollout: str | None) -> tuple[Plan, State]:
    """The rollout with that id, or the newest of the environment."""
    if rollout:
        return load(store, environment, rollout)
    newest = latest(store, environment)
    if newest is None:
        raise UsageError(
            f"nothing was ever rolled out in {environment}",
            code="rollout/none",
            fix="begin with: tierline rollout",
        )
    return newest


def which_open(store: Store, environment: str, rollout: str | None) -> State:
    """The same, of one that still owns its environment; UsageError for one that is over."""
    _, state = which(store, environment, rollout)
    if state.status not in OPEN:
        raise UsageError(
            f"{state.rollout} is {state.status} already",
            code="rollout/over",
            fix="start a new one: tierline rollout",
        )
    return state
