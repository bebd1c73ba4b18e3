"""The simulated world: what runs, what was done to it and by whom, on the running loop's time.

It keeps its own account of effects (`done`) and starts (`starts`), so that a checker can ask the
world what happened instead of believing a journal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tierline.facts.instant import Instant
from tierline.facts.observation import (
    Accepted,
    Instance,
    Outcome,
    Phase,
    Refused,
    Seen,
)
from tierline.frozen import frozen
from tierline.rollout.events import Action
from tierline.targets.protocol import Fence, Holder, LeaseHeld
from tierline.targets.simulated.behaviour import Behaviour

_AFTER = 0.001
"""seconds after a change at which watchers are told, so that rounding cannot hide it"""


@frozen
class Done:
    """An effect that took hold."""

    at: Instant
    service_id: str
    action: Action
    revision: str
    key: str
    fence: int


@frozen
class Run:
    """One start of a service: what it was told to run, and how it behaves."""

    service_id: str
    revision: str
    key: str
    fence: int
    began: Instant
    number: int
    behaviour: Behaviour
    workloads: tuple[str, ...]

    def served(self) -> str:
        """The revision that it really serves."""
        return "another" if self.behaviour.wrong_revision else self.revision

    def exited(self, now: Instant) -> bool:
        after = self.behaviour.exits_after
        return after is not None and now >= self.began + after

    def healthy(self, now: Instant) -> bool:
        after = self.behaviour.healthy_after
        return after is not None and now >= self.began + after and not self.exited(now)

    def instances(self, now: Instant) -> tuple[Instance, ...]:
        """Its instances as a target would show them."""
        phase = Phase.STARTING
        if self.exited(now):
            phase = Phase.EXITED
        elif now >= self.began + self.behaviour.running_after:
            phase = Phase.RUNNING
        ended = phase is Phase.EXITED
        return tuple(
            Instance(
                id=f"{self.service_id}.{workload}.{self.number}",
                workload=workload,
                revision=self.served(),
                phase=phase,
                exit_code=self.behaviour.exit_code if ended else None,
                reason="ended by the script" if ended else "",
                key=self.key,
                started_at=self.began,
            )
            for workload in self.workloads
        )


@dataclass(slots=True)
class World:
    """Everything outside the conductor. `behaviours[s][n]` is used for the n-th start of `s`.

    `lease_seconds` is how long a lease lasts; a holder in `dead` is taken over at once.
    """

    now: Callable[[], Instant]
    behaviours: Mapping[str, tuple[Behaviour, ...]] = field(
        default_factory=dict[str, tuple[Behaviour, ...]]
    )
    workloads: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    lease_seconds: float = 10.0
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    done: list[Done] = field(default_factory=list[Done])
    starts: list[Run] = field(default_factory=list[Run])
    dead: set[Holder] = field(default_factory=set[Holder])
    fence: Fence | None = None
    requests: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    health_asked: dict[str, int] = field(default_factory=dict[str, int])
    _tries: dict[str, int] = field(default_factory=dict[str, int])
    _keys: set[str] = field(default_factory=set[str])
    _highest: int = 0
    _count: int = 0
    _started: dict[str, int] = field(default_factory=dict[str, int])
    _watchers: list[asyncio.Queue[str]] = field(default_factory=list[asyncio.Queue[str]])

    def claim(self, holder: Holder, above: int = 0) -> Fence:
        """The lease, as the environment itself keeps it; a new one's token is above that."""
        now, held = self.now(), self.fence
        alive = held is not None and now < held.until and held.holder not in self.dead
        if held is not None and alive and held.holder != holder:
            raise LeaseHeld(held.holder, now, held.until, held.token)
        last = held.token if held is not None else 0
        token = last if alive else max(last, above) + 1
        self.fence = Fence(token, holder, now + self.lease_seconds)
        self._highest = token
        return self.fence

    def release(self, fence: Fence) -> None:
        """End a lease, if it is still that one."""
        if self.fence is not None and self.fence.token == fence.token:
            self.fence = Fence(fence.token, fence.holder, self.now())

    @property
    def breaks_contracts(self) -> bool:
        """Whether some start of some service is scripted to break its contract."""
        scripts = self.behaviours.values()
        return any(one.breaks is not None for script in scripts for one in script)

    def behaviour(self, service_id: str) -> Behaviour:
        """How the next start of a service goes."""
        script = self.behaviours.get(service_id, ())
        starts = self._started.get(service_id, 0)
        return script[min(starts, len(script) - 1)] if script else Behaviour()

    def tried(self, key: str) -> int:
        """Counts the tries of one key, this one included."""
        self._tries[key] = self._tries.get(key, 0) + 1
        return self._tries[key]

    def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Start a service, once per key, for the newest fence only."""
        if fence < self._highest:
            return Refused("lease/lost", f"fence {fence} is older than {self._highest}")
        self._highest = fence
        if key in self._keys:
            return Accepted()
        behaviour = self.behaviour(service_id)
        self._keys.add(key)
        self._count += 1
        run = Run(
            service_id,
            revision,
            key,
            fence,
            self.now(),
            self._count,
            behaviour,
            self.workloads.get(service_id, ("api",)),
        )
        self.runs[service_id] = run
        self.starts.append(run)
        self._started[service_id] = self._started.get(service_id, 0) + 1
        self.done.append(Done(run.began, service_id, Action.APPLY, revision, key, fence))
        self.changed(service_id)
        for after in (behaviour.running_after, behaviour.exits_after):
            if after is not None:
                asyncio.get_running_loop().call_later(after + _AFTER, self.changed, service_id)
        return Accepted()

    def stop(self, service_id: str, key: str, fence: int) -> Outcome:
        """Stop a service, once per key."""
        if fence < self._highest:
            return Refused("lease/lost", f"fence {fence} is older than {self._highest}")
        self._highest = fence
        if key not in self._keys:
            self._keys.add(key)
            self.runs.pop(service_id, None)
            self.done.append(Done(self.now(), service_id, Action.STOP, "absent", key, fence))
            self.changed(service_id)
        return Accepted()

    def seen(self, service_id: str) -> Seen:
        """What there is of a service now."""
        run, now = self.runs.get(service_id), self.now()
        if run is None:
            return Seen(service_id, (), at=now)
        return Seen(service_id, run.instances(now), run.key, run.fence, at=now)

    def watch(self) -> asyncio.Queue[str]:
        """A queue of the names of services that change from now on."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._watchers.append(queue)
        return queue

    def unwatch(self, queue: asyncio.Queue[str]) -> None:
        """End a watch."""
        self._watchers.remove(queue)

    def changed(self, service_id: str) -> None:
        """Tell every watcher."""
        for queue in self._watchers:
            queue.put_nowait(service_id)
