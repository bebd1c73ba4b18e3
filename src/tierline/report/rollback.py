"""What a rollback did and did not do, as a report tells it; knows no format."""

from __future__ import annotations

from tierline.report.model import RollbackRefusal, RollbackStep
from tierline.rollout.events import BackStep
from tierline.rollout.state import BACKWARD, ServiceState, State

ROLLED_BACK = "rolled-back"
_OPTIONS = ("mend it and go on: fix forward", "leave it as it is: hold")


def steps_of(state: State | None) -> tuple[RollbackStep, ...]:
    """Every service that was to go back, in order; what became of it, and why it had to."""
    back = state.back if state else None
    if state is None or back is None:
        return ()
    goals = sorted(back.goals.values(), key=lambda one: (_asked_at(state, one), one.group))
    return tuple(_step(state, one) for one in goals)


def refusals_of(state: State | None) -> tuple[RollbackRefusal, ...]:
    """Why the newest decision refused; nothing where it did not."""
    back = state.back if state else None
    if back is None or back.decided is None:
        return ()
    return tuple(
        RollbackRefusal(one.code, one.service_id, one.chain) for one in back.decided.refusals
    )


def remarks_of(state: State | None) -> tuple[str, ...]:
    """What people should know of it."""
    back = state.back if state else None
    return back.decided.remarks if back and back.decided else ()


def options() -> tuple[str, ...]:
    """What is left where nothing may go back."""
    return _OPTIONS


def _asked_at(state: State, goal: BackStep) -> float:
    progress = state.progress[goal.service_id]
    return progress.asked_at if progress.action in BACKWARD else float("inf")


def _step(state: State, goal: BackStep) -> RollbackStep:
    progress = state.progress[goal.service_id]
    begun = progress.action in BACKWARD
    where = "stop" if goal.revision == "absent" else f"restore {goal.revision[:12]}"
    outcome = progress.word if begun else "not begun"
    why = goal.because
    if begun and progress.state is not ServiceState.RESTORED and progress.reason:
        why = f"{why}; {progress.reason}"
    return RollbackStep(goal.service_id, where, outcome, why)
