"""Where a rollout stands, as a value that shares all that did not change with the one before.

The maps are persistent (rpds), the queues leftist heaps: one event costs O(log n), whatever the
number of services. The plan says what must happen; the state says what did.
"""

from __future__ import annotations

from enum import StrEnum

from rpds import HashTrieMap, HashTrieSet

from tierline.facts.instant import Instant
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.plan.model import Plan, PlannedService
from tierline.plan.order import group_by, jobs_of
from tierline.rollout.back import Back
from tierline.rollout.events import Action, BackStep, RolloutRequested
from tierline.rollout.heap import Heap
from tierline.rollout.watch import Watch


class ServiceState(StrEnum):
    """The state of a service in a rollout."""

    PENDING = "pending"
    STARTING = "starting"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    HELD = "held"
    RESTORED = "restored"


IN_FLIGHT = frozenset({ServiceState.STARTING, ServiceState.VERIFYING})
PASSED = frozenset({ServiceState.VERIFIED, ServiceState.UNCHANGED})
PROVEN = PASSED | {ServiceState.RESTORED}
"""what goes on being judged: it was found to work, at the planned revision or at the one before"""
BACKWARD = frozenset({Action.RESTORE, Action.STOP})
"""effects of a rollback"""


class Status(StrEnum):
    """The state of the rollout. `HOLDING` and `ABORTING` start nothing and wait for what runs.

    `ROLLING_BACK` starts nothing new either: it waits for what runs, then goes back.
    """

    RUNNING = "running"
    HOLDING = "holding"
    ABORTING = "aborting"
    ROLLING_BACK = "rolling-back"
    HELD = "held"
    COMPLETED = "completed"
    ABORTED = "aborted"
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled-back"


ENDED = frozenset(
    {Status.HELD, Status.COMPLETED, Status.ABORTED, Status.SUPERSEDED, Status.ROLLED_BACK}
)


class Kind(StrEnum):
    """What a blocked service waits for."""

    OWNER = "owner"
    CONTRACT = "contract"
    TIER = "tier"
    CAPACITY = "capacity"
    CHECKPOINT = "checkpoint"
    COMMAND = "command"
    EVIDENCE = "evidence"


@frozen
class Held:
    """Why a service is held: `by` is an owner's id, a tier (`t1`), or who asked for it."""

    kind: Kind
    by: str


@frozen
class Progress:
    """How far one service is. Times are instants; `since` is when `state` began.

    `attempt` is the number of the latest effect; `key` its key; `unsure` counts how often nobody
    could say whether it was accepted. `due` is when to try again, if anything is to be. `ordinal`
    counts from 1 in the order in which services were first started, 0 for never. `asked_at` is when
    the latest effect was intended: evidence from before it does not count. `verified_at` is when
    what it did was last found to work, None if it never was.
    """

    state: ServiceState = ServiceState.PENDING
    since: Instant = 0.0
    attempt: int = 0
    action: Action | None = None
    key: str = ""
    unsure: int = 0
    due: Instant | None = None
    code: str = ""
    reason: str = ""
    held: Held | None = None
    ordinal: int = 0
    asked_at: Instant = 0.0
    revision: str = ""
    """which the latest effect asked for"""
    turned_at: int = 0
    """the attempt after which effects only lead back, 0 as long as none does"""
    started_at: Instant | None = None
    verified_at: Instant | None = None
    breaks: tuple[str, ...] = ()
    """consumers of what does not hold of it live; those that are planned are held in its place"""

    @property
    def word(self) -> str:
        """The state in the word that people read."""
        goes = self.action in BACKWARD and self.state in IN_FLIGHT
        return "restoring" if goes else str(self.state)

    @property
    def verified_before(self) -> bool:
        """Whether the latest effect was found to work once."""
        return self.verified_at is not None


@frozen
class Index:
    """The plan, arranged for looking things up; built once, shared by all states of a rollout.

    `waiters[s]` are the planned services that wait for `s`; `outside` the owners that are not
    planned and only checked. `groups` are what starts one after the other, by name: the effective
    tiers (`t0`), or with checkpoints after each batch the batches (`t0-l1`); one group of
    everything where tiers are only preferred. `group_of` is the place of a service's group.
    """

    plan: Plan
    services: dict[str, PlannedService]
    waiters: dict[str, tuple[str, ...]]
    groups: tuple[str, ...]
    group_of: dict[str, int]
    outside: tuple[str, ...]

    def rank(self, service_id: str) -> int:
        """The place in line; owners outside the plan are checked before anything starts."""
        planned = self.services.get(service_id)
        return planned.rank if planned else -1

    def reads(self, service_id: str) -> tuple[str, ...]:
        """Whose data a service reads: its owners, planned or not."""
        planned = self.services.get(service_id)
        return planned.owners + planned.outside if planned else ()

    def needs(self, service_id: str) -> tuple[str, ...]:
        """Whom a service waits for: its owners, and those that a contract wants before it."""
        planned = self.services.get(service_id)
        return planned.owners + planned.outside + planned.after if planned else ()

    def wait(self, service_id: str, other: str) -> Kind:
        """Why a service waits for another: for its data, or for a contract's sake."""
        planned = self.services.get(service_id)
        return Kind.CONTRACT if planned and other in planned.after else Kind.OWNER


def index_of(plan: Plan) -> Index:
    """Arrange a plan, O(services + edges)."""
    waiters: dict[str, list[str]] = {}
    for planned in plan.services:
        for owner in planned.owners + planned.outside + planned.after:
            waiters.setdefault(owner, []).append(planned.service_id)
    group = group_by(plan.rules.tiers, plan.checkpoint)
    keys = {job.service_id: group(job) for job in jobs_of(plan.services)}
    places = {key: place for place, key in enumerate(sorted(set(keys.values())))}
    return Index(
        plan=plan,
        services={planned.service_id: planned for planned in plan.services},
        waiters={owner: tuple(ids) for owner, ids in waiters.items()},
        groups=tuple(_named(key) for key in places),
        group_of={name: places[key] for name, key in keys.items()},
        outside=tuple(sorted(plan.outside)),
    )


def _named(key: tuple[int, ...]) -> str:
    """`t0`, or `t0-l1` as batches are called; "" for the group of everything."""
    return "-".join(f"{letter}{number}" for letter, number in zip("tl", key, strict=False))


_UNASKED = RolloutRequested("", "")


@frozen
class State:
    """The fold of a rollout's events.

    `missing[s]` counts those that `s` waits for and that have not passed. `ready` queues services that may start,
    `closed[group]` those that wait only for their group; both may hold names that have moved on,
    which are dropped when met. `unsettled[group]` counts services of it that may still change
    the group's standing. `reached` and `passed` count groups: before that one lies the checkpoint
    that was reached last, and the last one that a person let the rollout pass, 0 for none.
    `retries` queues (due, service). `unanswered` holds effects written but
    not settled. `failures` counts planned services only. `resumed_at` is when the present conductor
    took over. `requested` is the event that began it.
    """

    index: Index
    rollout: str
    requested: RolloutRequested = _UNASKED
    status: Status = Status.RUNNING
    reason: str = ""
    fence: int = 0
    requested_at: Instant = 0.0
    resumed_at: Instant = 0.0
    ended_at: Instant | None = None
    last_command: int = 0
    held_by: str = ""
    progress: HashTrieMap[str, Progress] = HashTrieMap()
    unchanged: HashTrieSet[str] = HashTrieSet()
    missing: HashTrieMap[str, int] = HashTrieMap()
    ready: Heap | None = None
    closed: HashTrieMap[int, Heap] = HashTrieMap()
    unsettled: HashTrieMap[int, int] = HashTrieMap()
    open_groups: int = 0
    """how many of `index.groups` are open"""
    reached: int = 0
    passed: int = 0
    retries: Heap | None = None
    unanswered: HashTrieSet[str] = HashTrieSet()
    withheld: HashTrieMap[str, str] = HashTrieMap()
    """consumer -> a provider that breaks what it uses: it is not verified until that is over"""
    in_flight: int = 0
    failures: int = 0
    started: int = 0
    back: Back | None = None
    """the rollback as it was last decided, and what came of it since"""
    watch: Watch | None = None
    """the newest watch after it completed"""

    def of(self, service_id: str) -> Progress:
        """The progress of a planned service or an outside owner; KeyError for any other."""
        return self.progress[service_id]

    def former(self, service_id: str) -> BackStep | None:
        """What a service goes back to, where it does."""
        return self.back.goals.get(service_id) if self.back else None

    def comes_back(self, service_id: str) -> bool:
        """Whether a service was stopped only so that its former revision can take its place."""
        former = self.former(service_id)
        stopped = self.progress[service_id].action is Action.STOP
        return stopped and former is not None and former.revision != ABSENT

    @property
    def order(self) -> tuple[str, ...]:
        """Service ids as they were first started, O(n log n)."""
        begun = [(p.ordinal, name) for name, p in self.progress.items() if p.ordinal]
        return tuple(name for _, name in sorted(begun))

    @property
    def waits_at(self) -> str:
        """After which tier or batch a checkpoint was reached that nobody has passed; "" for none."""
        return self.index.groups[self.reached - 1] if self.reached > self.passed else ""

    @property
    def plan(self) -> Plan:
        """What is being carried out."""
        return self.index.plan
