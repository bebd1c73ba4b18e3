"""Looks at what the kernel does not announce: ports that instances open, and output that grows.

Young instances are looked at 20 times a second, settled ones once, none at all if nothing runs.
"""

from __future__ import annotations

import asyncio
import contextlib
from bisect import bisect_left
from collections.abc import Mapping

from tierline.evidence.clock import Clock
from tierline.facts.instant import Instant
from tierline.supervisor.instances import Held, Instances
from tierline.supervisor.layout import Layout
from tierline.supervisor.listeners import Listening, at, inodes_of, listening
from tierline.supervisor.output import keep_within
from tierline.targets.host import process
from tierline.targets.local.messages import Listener, Whose

_FAST, _SLOW = 0.05, 1.0
_YOUNG, _OPENING = 20.0, 120.0
"""seconds of an instance's life with quick looks; the second while a told port is not open"""
_MARKS = 2000


class Watch:
    """Writes `Held.listening`, keeps output within its limit, remembers when it grew."""

    def __init__(self, layout: Layout, instances: Instances, clock: Clock) -> None:
        self._layout, self._instances, self._clock = layout, instances, clock
        self._table: frozenset[Listening] | None = None
        self._owners: dict[int, Held] = {}
        self._strangers: frozenset[int] = frozenset()
        """sockets that were nobody's of ours when last asked about: not looked up at every look"""
        self._unseen = False
        self._marks: dict[str, list[tuple[int, Instant]]] = {}
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something was started: look at once and often."""
        self._table = None
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        swept = 0.0
        while True:
            alive = [held for held in self._instances.all() if held.ended is None]
            self.look()
            now = self._clock.now()
            if now - swept >= _SLOW:
                self._sweep(alive, now)
                swept = now
            self._wake.clear()
            young = any(self._young(held, now) for held in alive)
            pause = _FAST if young else _SLOW if alive else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    def look(self) -> None:
        """Find out which instance listens where, if anything changed since the last look."""
        table = listening()
        if table == self._table:
            return
        self._table = table
        there = {each.inode for each in table}
        self._owners = {i: held for i, held in self._owners.items() if i in there and _alive(held)}
        self._claim(there - self._owners.keys() - self._strangers)
        self._strangers = frozenset(there - self._owners.keys())
        for held in self._instances.all():
            if held.ended is None:
                ports = {each.port for each in table if self._owners.get(each.inode) is held}
                found = tuple(sorted(ports))
                if found != held.listening:
                    held.listening = found
                    self._instances.changed(held.record.service)

    def listener(self, port: int) -> Listener:
        """Who answers at 127.0.0.1:port. Sharing a port with a stranger counts as the stranger's."""
        self._table = None
        self.look()
        if at(port, self._table or ()) & self._strangers:
            self._strangers, self._table = frozenset(), None
            self.look()
        sockets = at(port, self._table or ())
        if not sockets:
            return Listener(Whose.NOBODY)
        owners = {self._owners.get(inode) for inode in sockets}
        if len(owners) == 1 and (held := owners.pop()) is not None:
            record = held.record
            return Listener(
                Whose.INSTANCE, record.service, record.instance, record.pid, record.workload
            )
        return self._stranger(sockets)

    def grown_at(self, held: Held, end: int) -> Instant | None:
        """When output up to this offset was first seen, a second late at most; None if unknown."""
        marks = self._marks.get(held.record.launch)
        if not marks:
            return None
        index = bisect_left(marks, (end, 0.0))
        if index == len(marks):
            return held.ended.at if held.ended else self._clock.now()
        return marks[index][1] or None

    def _claim(self, inodes: set[int]) -> None:
        """Find the instances that hold these sockets."""
        if not inodes:
            return
        world = process.everyone()
        self._unseen = False
        for held in self._instances.all():
            if held.ended is None:
                self._claim_for(held, inodes, world)

    def _claim_for(
        self, held: Held, inodes: set[int], world: Mapping[int, process.Process]
    ) -> None:
        for pid in process.members(held.record.pid, held.record.start_time, world):
            mine = inodes_of(pid)
            if mine is None:
                self._unseen = True
            else:
                self._owners.update(dict.fromkeys(mine & inodes, held))

    def _stranger(self, sockets: frozenset[int]) -> Listener:
        """`OUTSIDE` only if the processes of our instances could all be looked at."""
        for pid in process.everyone():
            found = inodes_of(pid)
            if found and any(i in found and i not in self._owners for i in sockets):
                return Listener(Whose.OUTSIDE, pid=pid, command=process.command_of(pid))
        return Listener(Whose.UNKNOWN if self._unseen else Whose.OUTSIDE)

    def _young(self, held: Held, now: Instant) -> bool:
        age = now - held.record.started_at
        waiting = not set(held.record.ports.values()) <= set(held.listening or ())
        return age < (_OPENING if waiting else _YOUNG)

    def _sweep(self, alive: list[Held], now: Instant) -> None:
        current = {held.record.launch for held in self._instances.all()}
        self._marks = {k: marks for k, marks in self._marks.items() if k in current}
        for held in alive:
            path = self._layout.output_of(held.record.launch)
            with contextlib.suppress(OSError):
                keep_within(path)
                self._mark(held, path.stat().st_size, now)

    def _mark(self, held: Held, size: int, now: Instant) -> None:
        """The first mark of an adopted start says nothing: its output may be of any age."""
        first = [(size, 0.0)] if held.adopted else [(0, held.record.started_at)]
        marks = self._marks.setdefault(held.record.launch, first)
        if size > marks[-1][0]:
            marks.append((size, now))
        elif size < marks[-1][0]:
            marks[:] = [(size, 0.0)]
        if len(marks) > _MARKS:
            del marks[1:-1:2]


def _alive(held: Held) -> bool:
    return held.ended is None
