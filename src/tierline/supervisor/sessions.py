"""Ends all processes of a start: its session, their descendants, and whoever kept its lock."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tierline.supervisor.record import Record
from tierline.targets.host import files, process

_RESCAN = 0.02
_AFTER_KILL = 5.0
"""seconds after which a process that SIGKILL does not end is given up"""


def alive(record: Record) -> bool:
    """Whether the recorded process itself still runs."""
    return record.boot_id == process.boot_id() and process.lives(record.pid, record.start_time)


async def end_session(record: Record, seconds: float, gone: asyncio.Event | None = None) -> bool:
    """End what there is of the session that the recorded process led; False if some remain.

    `gone` is set when the leader itself is dead: waiting for that costs nothing, looking through
    all processes does.
    """
    world = process.everyone()
    mine = process.members(record.pid, record.start_time, world)
    for pid in mine:
        process.send(world[pid], signal.SIGTERM)
    deadline = time.monotonic() + seconds
    if gone is not None and mine:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(gone.wait(), seconds)
    while True:
        world = process.everyone()
        mine = process.members(record.pid, record.start_time, world)
        late = time.monotonic() - deadline
        if not mine or late > _AFTER_KILL:
            return not mine
        if late >= 0:
            for pid in mine:
                process.send(world[pid], signal.SIGKILL)
        await asyncio.sleep(_RESCAN)


async def free_lock(path: Path, record: Record, replaced: Callable[[], bool]) -> bool:
    """End those who keep the lock of a workload whose leader is dead; False if they stay.

    Such are children that left the session and lost their parents. When the workload was
    `replaced`, the lock is the new start's and nobody is ended.
    """
    deadline = time.monotonic() + _AFTER_KILL
    while not replaced() and not _is_free(path):
        if time.monotonic() > deadline:
            return False
        await end_session(record, 0)
        if not replaced():
            world = process.everyone()
            for pid in process.holders_of(path, world) - {os.getpid()}:
                process.send(world[pid], signal.SIGKILL)
        await asyncio.sleep(_RESCAN)
    return True


def _is_free(path: Path) -> bool:
    descriptor = files.lock(path)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True
