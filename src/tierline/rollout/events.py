"""Everything that can happen in a rollout. The journal is a list of these, and nothing else."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from tierline.facts.decision import Severity
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
    ROLLBACK = "rollback"
    """the least safe set goes back"""
    MAKE_ROOM = "make-room"
    """a watch ends, so that a rollout may begin"""


class Ending(StrEnum):
    """How a rollout ends. A held one still owns its environment."""

    COMPLETED = "completed"
    HELD = "held"
    ABORTED = "aborted"
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled-back"


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
    """A plan is to be carried out. `unchanged` services are checked, not started.

    `approvals` are the signed approvals that let it begin. `break_glass` is the reason of whoever
    passed gates ("" where nobody had to), `passed` what was passed, a line a code. `commit`,
    `contracts` and `uncommitted` say where the files come from, as in `facts.origin`.
    """

    TYPE: ClassVar = "rollout.requested"
    plan_digest: str
    requested_by: str
    unchanged: tuple[str, ...] = ()
    supersedes: str = ""
    approvals: tuple[str, ...] = ()
    break_glass: str = ""
    passed: tuple[str, ...] = ()
    commit: str = ""
    contracts: str = ""
    uncommitted: tuple[str, ...] = ()


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
    holds: tuple[str, ...] = ()
    """consumers of what does not hold of it live; they are held in its place"""


@frozen
class WatermarkRaised:
    """Written before the first start of a revision that has to do with data: what there may be then.

    `epoch` is the newest migration that it applies, 0 for none; formats are written `store=format`.
    Nothing lowers it: data only moves forward.
    """

    TYPE: ClassVar = "watermark.raised"
    service_id: str
    revision: str
    epoch: int = 0
    accepts: tuple[int, ...] = ()
    """the lowest and the highest epoch that it works with; empty where nobody says"""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()


@frozen
class BackStep:
    """One service that goes back: to which revision, and what that one consists of.

    `group` is its place in the order; services of one group stop and start together.
    """

    service_id: str
    revision: str
    group: int
    because: str
    workloads: tuple[str, ...] = ()
    serves_http: bool = False
    owners: tuple[str, ...] = ()


@frozen
class NotBack:
    """Why something cannot go back: `chain` is one sentence a link, what failed first."""

    code: str
    service_id: str
    chain: tuple[str, ...]


@frozen
class RollbackDecided:
    """Which services go back because `failed` did, in which order; or why none may.

    Written anew after each step, of what is left then. With `refusals` nothing more is done.
    """

    TYPE: ClassVar = "rollback.decided"
    failed: tuple[str, ...]
    steps: tuple[BackStep, ...]
    refusals: tuple[NotBack, ...] = ()
    remarks: tuple[str, ...] = ()
    """what people should know of it: domains that it crosses, boundaries that nobody compared"""


@frozen
class CheckpointReached:
    """All of `after`, a tier or a batch, and what comes before it is settled: a person is waited for.

    `after` is written as in a plan: `t0`, or `t0-l1`.
    """

    TYPE: ClassVar = "checkpoint.reached"
    after: str


@frozen
class CommandAccepted:
    """The conductor took up what a person asked for.

    `passes` names the checkpoint that a resume lets the rollout pass, "" for none. `blamed` are
    services that a rollback is to begin with (none: what failed), `downtime` allows it to stop
    services together that only work together.
    """

    TYPE: ClassVar = "command.accepted"
    command_id: int
    command: Command
    by: str
    reason: str = ""
    passes: str = ""
    blamed: tuple[str, ...] = ()
    downtime: bool = False


@frozen
class RolloutEnded:
    """Nothing more will start. A held rollout may be resumed."""

    TYPE: ClassVar = "rollout.ended"
    ending: Ending
    reason: str = ""


@frozen
class WatchBegan:
    """The services of a rollout that completed are judged on for so many seconds.

    Whatever an earlier watch of it came to is over. `sustained_seconds` and `silence_seconds` are
    the policy's, at this time.
    """

    TYPE: ClassVar = "watch.began"
    by: str
    seconds: float
    sustained_seconds: float
    silence_seconds: float


@frozen
class ServiceDegraded:
    """A watched service is not well (again), or worse than before in the same spell.

    `since` is when the spell began. `because` is the owner whose own trouble explains this one, ""
    where there is none.
    """

    TYPE: ClassVar = "service.degraded"
    service_id: str
    since: Instant
    severity: Severity
    code: str
    message: str
    because: str = ""


@frozen
class ServiceRecovered:
    """A degraded service is well again."""

    TYPE: ClassVar = "service.recovered"
    service_id: str


@frozen
class WatchEnded:
    """Nobody judges any more. `reason` is "" when its time was over, else why it ended early."""

    TYPE: ClassVar = "watch.ended"
    reason: str = ""


Event = (
    RolloutRequested
    | LeaseAcquired
    | EffectIntended
    | EffectSettled
    | ServiceObserved
    | ServiceJudged
    | WatermarkRaised
    | RollbackDecided
    | CheckpointReached
    | CommandAccepted
    | RolloutEnded
    | WatchBegan
    | ServiceDegraded
    | ServiceRecovered
    | WatchEnded
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
