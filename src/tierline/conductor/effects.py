"""Sends effects to the target, each in a task of its own, and brings back the answers."""

from __future__ import annotations

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.observation import Outcome, Refused, Unknown
from tierline.rollout.events import Action, EffectSettled
from tierline.rollout.state import Progress, State
from tierline.targets.protocol import Target


async def send(target: Target, state: State, service_id: str) -> Outcome:
    """Send a service's current effect; whatever goes wrong in between is unknown, not refused."""
    progress = state.progress[service_id]
    try:
        return await _call(target, progress, state, service_id)
    except TemporaryError as error:
        return Unknown(error.message)
    except PermanentError as error:
        return Refused(error.code, error.message)


async def _call(target: Target, progress: Progress, state: State, service_id: str) -> Outcome:
    match progress.action:
        case Action.APPLY:
            return await target.apply(service_id, progress.revision, progress.key, state.fence)
        case Action.RESTORE:
            return await target.restore(service_id, progress.revision, progress.key, state.fence)
        case Action.STOP:
            return await target.stop(service_id, progress.key, state.fence)
        case Action.CHECK | None:
            raise PermanentError(f"{service_id}: {progress.action} is not sent to a target")


def settlement(service_id: str, key: str, outcome: Outcome) -> EffectSettled:
    """The event for an answer."""
    match outcome:
        case Refused():
            return EffectSettled(
                key, service_id, "refused", outcome.code, outcome.message, outcome.temporary
            )
        case Unknown():
            return EffectSettled(key, service_id, "unknown", "effect/unknown", outcome.reason)
        case _:
            return EffectSettled(key, service_id, "accepted")
