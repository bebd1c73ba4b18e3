"""Starts one workload under its key: now, or not again if it ran already; knows no fences."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import time
from collections.abc import Callable

from tierline.evidence.clock import Clock
from tierline.supervisor.environment import environment
from tierline.supervisor.instances import Instances
from tierline.supervisor.layout import Layout, launch_id
from tierline.supervisor.record import Record, Records
from tierline.supervisor.sessions import alive
from tierline.supervisor.spawn import LockBusy, Start, spawn
from tierline.targets.host import process
from tierline.targets.local.messages import Launch, Workload
from tierline.targets.local.private import private_folder

_PATIENCE = 3.0
"""seconds for a child at a closed gate to go away, and for killed processes to be gone"""
_RESCAN = 0.01
PASSING = (errno.EAGAIN, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)


class NotStarted(Exception):  # noqa: N818 - an answer, not a mistake
    """The workload was not started, and why."""

    def __init__(self, code: str, message: str, *, temporary: bool) -> None:
        super().__init__(message)
        self.code, self.temporary = code, temporary


class Starter:
    """`otlp_url` is where telemetry goes, "" for nowhere."""

    def __init__(
        self, layout: Layout, records: Records, instances: Instances, clock: Clock
    ) -> None:
        self._layout, self._records, self._instances = layout, records, instances
        self._clock = clock
        self.otlp_url = ""
        self.started: Callable[[], None] = lambda: None

    async def ran(self, record: Record) -> bool:
        """Whether the recorded process got past its gate; waits while it stands there."""
        if record.boot_id != process.boot_id():
            return True
        deadline = time.monotonic() + _PATIENCE
        while not self._records.started(record.launch):
            if not alive(record):
                return self._records.started(record.launch)
            if time.monotonic() > deadline:
                process_found = process.look(record.pid)
                if process_found is not None:
                    process.send(process_found, signal.SIGKILL)
            await asyncio.sleep(_RESCAN)
        return True

    async def start(self, request: Launch, workload: Workload) -> None:
        """Start it unless it was already; NotStarted if that cannot be done."""
        launch = launch_id(request.key, workload.name)
        known = self._instances.get(launch)
        record = known.record if known else self._records.read(launch)
        if record is not None and (record.key, record.service) != (request.key, request.service_id):
            raise NotStarted(
                "local/key-taken",
                f"{request.key}: its file name belongs to key {record.key} of {record.service}",
                temporary=False,
            )
        if known is not None:
            return
        if record is None and self._records.started(launch):
            raise NotStarted(
                "local/record-lost",
                f"{request.key}: {workload.name} was started, and what became of it is lost",
                temporary=True,
            )
        if record is not None and await self.ran(record):
            held = self._instances.hold(record, adopted=True)
            if held.ended:
                await self._instances.free_lock(record)
            self.started()
            return
        await self._spawn(request, workload)

    async def _spawn(self, request: Launch, workload: Workload) -> None:
        launch = launch_id(request.key, workload.name)
        data = self._layout.data_of(request.service_id)
        private_folder(data)
        start = Start(
            argv=workload.argv,
            cwd=workload.cwd,
            env=environment(os.environ, request, workload, self.otlp_url, data),
            lock=self._layout.lock_of(request.service_id, workload.name),
            started=self._layout.started_of(launch),
            output=self._layout.output_of(launch),
        )

        def remember(child: process.Process) -> None:
            record = Record(
                key=request.key,
                revision=request.revision,
                pid=child.pid,
                start_time=child.started,
                boot_id=process.boot_id(),
                ports=dict(workload.ports),
                workload=workload.name,
                service=request.service_id,
                started_at=self._clock.now(),
            )
            self._records.write(record)
            self._instances.hold(record, adopted=False)

        place = f"{request.service_id} {workload.name}"
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                spawn(start, remember)
            except LockBusy as error:
                if time.monotonic() > deadline:
                    raise NotStarted(
                        "local/lock-busy",
                        f"{place}: processes that nobody recorded hold {start.lock}",
                        temporary=True,
                    ) from error
                await asyncio.sleep(_RESCAN)
            except OSError as error:
                raise NotStarted(
                    "local/spawn",
                    f"{place}: cannot be started: {error}",
                    temporary=error.errno in PASSING,
                ) from error
            else:
                self.started()
                return
