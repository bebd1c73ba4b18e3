"""Everything that can happen in a rollout. The journal is a list of these, and nothing else."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from tierline.facts.instant import Instant
from tierline.frozen import frozen


class Action(StrEnum):
    """What an effect does. `CHECK` changes nothing: it asks for fresh evidence only."""

    APPLY = "apply"
    CHECK = "check"
    RESTORE = "restore"
    STOP = "stop"


class Command(StrEnum):
    """What a person may ask of a rollout."""

    HOLD = "hold"
    RESUME = "resume"
    ABORT = "abort"
    SUPERSEDE = "supersede"


class Ending(StrEnum):
    """How a rollout ends. A held one still owns its environment."""

    COMPLETED = "completed"
    HELD = "held"
    ABORTED = "aborted"
    SUPERSEDED = "superseded"


class Judged(StrEnum):
    """What a judgement says of a service."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNDECIDED = "undecided"


def effect_key(rollout: str, service_id: str, action: Action, attempt: int) -> str:
    """The idempotency key of an effect: the same for every try of the same attempt."""
    return f"{rollout}/{service_id}/{action}/{attempt}"


@frozen
class RolloutRequested:
    """A plan is to be carried out. `unchanged` services are checked, not started."""

    TYPE: ClassVar = "rollout.requested"
    plan_digest: str
    requested_by: str
    unchanged: tuple[str, ...] = ()
    supersedes: str = ""


@frozen
class LeaseAcquired:
    """A conductor holds the environment from here on."""

    TYPE: ClassVar = "lease.acquired"
    holder: str
    fence: int


@frozen
class EffectIntended:
    """Written before an effect is sent."""

    TYPE: ClassVar = "effect.intended"
    key: str
    service_id: str
    action: Action
    attempt: int
    revision: str


@frozen
class EffectSettled:
    """The target answered (or an observation showed that it had taken the effect on)."""

    TYPE: ClassVar = "effect.settled"
    key: str
    service_id: str
    outcome: str
    """accepted, refused or unknown"""
    code: str = ""
    message: str = ""
    temporary: bool = False


@frozen
class ServiceObserved:
    """What runs of a service changed (transitions only, never a repetition)."""

    TYPE: ClassVar = "service.observed"
    service_id: str
    phase: str
    revision: str
    last_key: str
    detail: str = ""


@frozen
class ServiceJudged:
    """Verification spoke. `evidence` is the JSON of what it judged, enough to judge again."""

    TYPE: ClassVar = "service.judged"
    service_id: str
    key: str
    verdict: Judged
    revision: str
    code: str
    message: str
    evidence: str = ""


@frozen
class CommandAccepted:
    """The conductor took up what a person asked for."""

    TYPE: ClassVar = "command.accepted"
    command_id: int
    command: Command
    by: str
    reason: str = ""


@frozen
class RolloutEnded:
    """Nothing more will start. A held rollout may be resumed."""

    TYPE: ClassVar = "rollout.ended"
    ending: Ending
    reason: str = ""


Event = (
    RolloutRequested
    | LeaseAcquired
    | EffectIntended
    | EffectSettled
    | ServiceObserved
    | ServiceJudged
    | CommandAccepted
    | RolloutEnded
)


@frozen
class Recorded:
    """A row of the journal. `seq` has no gaps within an environment; `token` is the writer's fence.

    `hash` covers the row and `previous`, so a changed or missing row shows.
    """

    seq: int
    rollout: str
    at: Instant
    token: int
    event: Event
    previous: str = ""
    hash: str = ""
