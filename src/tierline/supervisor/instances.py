"""The starts that we hold: notices their ends at once, ours or adopted, and says how they stand."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from tierline.evidence.clock import Clock
from tierline.facts.observation import Instance, Phase
from tierline.supervisor.layout import Layout
from tierline.supervisor.output import last_words
from tierline.supervisor.record import Ended, Record, Records
from tierline.supervisor.sessions import end_session, free_lock
from tierline.targets.host import process

_REMAINS = 2.0


@dataclass(slots=True, eq=False)
class Held:
    """One start: `listening` None until looked at; `adopted` if a predecessor started it."""

    record: Record
    adopted: bool = False
    ended: Ended | None = None
    listening: tuple[int, ...] | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    asked_to_stop: bool = False
    clearing: asyncio.Task[bool] | None = None

    @property
    def instance(self) -> Instance:
        record, ended = self.record, self.ended
        return Instance(
            id=record.instance,
            workload=record.workload,
            revision=record.revision,
            phase=Phase.EXITED if ended else Phase.RUNNING,
            exit_code=ended.code if ended else None,
            reason=ended.reason if ended else "",
            key=record.key,
            started_at=record.started_at,
            addresses={name: f"127.0.0.1:{port}" for name, port in record.ports.items()},
            listening=() if ended else self.listening,
            sender=record.launch,
        )


class Instances:
    """Calls `changed` with a service's id whenever one of its instances changed."""

    def __init__(self, layout: Layout, records: Records, clock: Clock) -> None:
        self._layout, self._records, self._clock = layout, records, clock
        self._held: dict[str, Held] = {}
        self.changed: Callable[[str], None] = lambda _: None

    def all(self) -> tuple[Held, ...]:
        return tuple(self._held.values())

    def of(self, service_id: str) -> tuple[Held, ...]:
        """Those of a service, by workload."""
        ours = (held for held in self._held.values() if held.record.service == service_id)
        return tuple(sorted(ours, key=lambda held: (held.record.workload, held.record.started_at)))

    def get(self, launch: str) -> Held | None:
        return self._held.get(launch)

    def hold(self, record: Record, *, adopted: bool) -> Held:
        """Watch a start from now on; one that is dead already is noticed in this call.

        OSError: it cannot be watched, and is not held.
        """
        held = Held(record, adopted, self._records.ended(record.launch))
        descriptor = None if held.ended else _pidfd(record)
        self._held[record.launch] = held
        if held.ended is not None:
            held.gone.set()
        elif descriptor is None:
            self._end(held, None, watched=False)
        else:
            loop = asyncio.get_running_loop()
            loop.add_reader(descriptor, self._exited, held, descriptor)
        return held

    def drop(self, held: Held) -> None:
        """It is of no interest any more."""
        self._held.pop(held.record.launch, None)

    def _exited(self, held: Held, descriptor: int) -> None:
        asyncio.get_running_loop().remove_reader(descriptor)
        try:
            status = os.waitid(os.P_PIDFD, descriptor, os.WEXITED | os.WNOHANG)
            code = _code(status) if status is not None else None
        except ChildProcessError:
            code = None
        finally:
            os.close(descriptor)
        self._end(held, code, watched=True)

    def _end(self, held: Held, code: int | None, *, watched: bool) -> None:
        """`watched`: the pid was its own until just now, so what remains of its session is, too."""
        record = held.record
        output = last_words(self._layout.output_of(record.launch))
        held.ended = Ended(code, _reason(code, output), self._clock.now())
        self._records.end(record.launch, held.ended)
        if watched and not held.asked_to_stop:
            held.clearing = asyncio.create_task(self._end_rest(record))
        held.gone.set()
        self.changed(record.service)

    async def _end_rest(self, record: Record) -> bool:
        return await end_session(record, _REMAINS) and await self.free_lock(record)

    async def free_lock(self, record: Record) -> bool:
        """End those who hold the lock of a workload whose leader is dead; False if they stay."""
        path = self._layout.lock_of(record.service, record.workload)
        return await free_lock(path, record, lambda: self._replaced(record))

    def _replaced(self, record: Record) -> bool:
        """Whether a start of the same workload lives: then the lock is rightly its."""
        return any(
            held.ended is None and held.record.workload == record.workload
            for held in self.of(record.service)
        )

    async def end(self, held: Held, seconds: float) -> bool:
        """SIGTERM to all its processes, SIGKILL after that time; False if some would not die."""
        if held.clearing is not None:
            return await held.clearing
        if held.ended is not None:
            return True
        held.asked_to_stop = True
        return await end_session(held.record, seconds, held.gone)


def _pidfd(record: Record) -> int | None:
    """A descriptor that tells when the recorded process ends; None if it has ended."""
    try:
        descriptor = os.pidfd_open(record.pid)
    except ProcessLookupError:
        return None
    if record.boot_id == process.boot_id() and _same(record):
        return descriptor
    os.close(descriptor)
    return None


def _same(record: Record) -> bool:
    """Zombies included: ours are only reaped once their descriptor tells."""
    found = process.look(record.pid)
    return found is not None and found.started == record.start_time


def _code(status: os.waitid_result) -> int:
    return status.si_status if status.si_code == os.CLD_EXITED else -status.si_status


def _reason(code: int | None, output: str) -> str:
    """What the exit code does not say: the last output."""
    said = output or "it printed nothing"
    return said if code is not None else f"it was not our child any more; {said}"
