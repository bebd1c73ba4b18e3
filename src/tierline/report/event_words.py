"""Events of a rollout in a few words each, as a history tells them; knows no state."""

from __future__ import annotations

from tierline.report.times import span
from tierline.rollout.events import (
    Action,
    CheckpointReached,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Event,
    LeaseAcquired,
    RollbackDecided,
    RolloutEnded,
    RolloutRequested,
    ServiceDegraded,
    ServiceJudged,
    ServiceObserved,
    ServiceRecovered,
    WatchBegan,
    WatchEnded,
    WatermarkRaised,
)

_ACTIONS = {
    Action.APPLY: "to be started",
    Action.CHECK: "to be checked as it runs",
    Action.RESTORE: "to be restored",
    Action.STOP: "to be stopped",
}

_NAMED = 5


def words(event: Event) -> str:
    """What happened; foreign text in it is not cleaned yet."""
    match event:
        case EffectIntended():
            return f"{_ACTIONS[event.action]} (attempt {event.attempt})"
        case EffectSettled():
            return f"the target says: {event.outcome}{_why(event.message, event.code)}"
        case ServiceObserved():
            at = f" at revision {event.revision[:12]}" if event.revision else ""
            return f"seen {event.phase}{at}{_why(event.detail, '')}"
        case ServiceJudged():
            return f"judged {event.verdict}{_why(event.message, event.code)}"
        case ServiceDegraded():
            because = f", because of {event.because}" if event.because else ""
            return f"degraded{because}{_why(event.message, event.code)}"
        case ServiceRecovered():
            return "well again"
        case WatermarkRaised() | RollbackDecided():
            return _of_going_back(event)
        case _:
            return _of_all(event)


def _of_going_back(event: WatermarkRaised | RollbackDecided) -> str:
    if isinstance(event, RollbackDecided):
        return decided(event)
    formats = f", formats {', '.join(event.writes)}" if event.writes else ""
    return f"data may be at epoch {event.epoch} from here on{formats}"


def _of_all(event: Event) -> str:
    """What concerns every service."""
    match event:
        case RolloutRequested():
            return f"rollout requested by {event.requested_by}"
        case LeaseAcquired():
            return f"{event.holder} conducts, lease {event.fence}"
        case CommandAccepted():
            return f"{event.command} asked by {event.by}{_why(event.reason, '')}"
        case RolloutEnded():
            return f"the rollout ended as {event.ending}{_why(event.reason, '')}"
        case CheckpointReached():
            return f"waits at checkpoint {event.after}"
        case WatchBegan():
            return f"{event.by} watches for {span(event.seconds)}"
        case WatchEnded():
            return f"the watch ended{_why(event.reason, '')}"
        case _:
            return event.TYPE


def decided(event: RollbackDecided) -> str:
    """What has to go back, or why nothing may."""
    if event.refusals:
        first = event.refusals[0]
        return f"no safe rollback: {' -> '.join(first.chain)} [{first.code}]"
    names = ", ".join(step.service_id for step in event.steps[:_NAMED])
    more = f" and {len(event.steps) - _NAMED} more" if len(event.steps) > _NAMED else ""
    return f"goes back: {names}{more}" if event.steps else "nothing is left to go back"


def _why(message: str, code: str) -> str:
    return (f": {message}" if message else "") + (f" [{code}]" if code else "")
