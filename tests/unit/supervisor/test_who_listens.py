"""Who answers at a port is found out anew whenever it looks like a stranger."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from tierline.evidence.clock import WallClock
from tierline.supervisor.instances import Instances
from tierline.supervisor.layout import Layout
from tierline.supervisor.record import Record, Records
from tierline.supervisor.watch import Watch
from tierline.targets.host import process
from tierline.targets.local.messages import Whose

LISTENS = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as sock:
    print(sock.getsockname()[1], flush=True)
    sys.stdin.read()
"""


def recorded(pid: int, port: int) -> Record:
    found = process.look(pid)
    assert found is not None
    return Record(
        key="R-1/M01/1/apply",
        revision="rev1",
        pid=pid,
        start_time=found.started,
        boot_id=process.boot_id(),
        ports={"http": port},
        workload="api",
        service="M01-Accounts",
        started_at=1_800_000_000.0,
    )


def test_a_socket_seen_before_its_instance_was_known_is_the_instances(tmp_path: Path) -> None:
    async def run(service: subprocess.Popen[str]) -> None:
        assert service.stdout is not None
        port = int(service.stdout.readline())
        layout, clock = Layout(tmp_path / "state", tmp_path / "run"), WallClock()
        layout.make()
        instances = Instances(layout, Records(layout), clock)
        watch = Watch(layout, instances, clock)
        found = watch.listener(port)
        assert (found.whose, found.pid) == (Whose.OUTSIDE, service.pid)
        held = instances.hold(recorded(service.pid, port), adopted=True)
        found = watch.listener(port)
        assert (found.whose, found.service_id) == (Whose.INSTANCE, "M01-Accounts")
        assert held.listening == (port,)
        service.kill()
        await held.gone.wait()

    argv = [sys.executable, "-c", LISTENS]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as service:
        try:
            asyncio.run(run(service))
        finally:
            service.kill()
