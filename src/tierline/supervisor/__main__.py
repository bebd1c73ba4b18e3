"""`python -m tierline.supervisor --state DIR --runtime DIR [--detach]`: holds one environment."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import traceback
from pathlib import Path

from tierline.errors import PermanentError, TemporaryError, TierlineError
from tierline.supervisor.detach import Announcement, detach
from tierline.supervisor.holder import Holder
from tierline.supervisor.layout import Layout
from tierline.supervisor.server import Server
from tierline.targets.host import files
from tierline.targets.local.rendezvous import SOCKET, listen

_ALIVE_ALREADY = "supervisor/alive"


def main() -> int:
    """Exit code 0 when asked to end or when another one lives already, 1 if it could not start."""
    parser = argparse.ArgumentParser(prog="python -m tierline.supervisor")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--detach", action="store_true", help="return as soon as it answers")
    given = parser.parse_args()
    layout = Layout(given.state.absolute(), given.runtime.absolute())
    announcement = Announcement(None)
    try:
        layout.make()
        if given.detach:
            announcement = detach(layout.diary)
        asyncio.run(_live(layout, announcement))
    except TierlineError as error:
        if error.code == _ALIVE_ALREADY:
            announcement.alive()
            return 0
        announcement.failed(error)
        sys.stderr.write(f"{error.message}\n")
        return 1
    except Exception as error:  # noqa: BLE001 - the last place where its words can be heard
        traceback.print_exc()
        announcement.failed(TemporaryError(f"the supervisor died at start: {error!r}"))
        return 1
    return 0


async def _live(layout: Layout, announcement: Announcement) -> None:
    _only_one(layout)
    holder = Holder(layout)
    server = Server(holder)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, server.ended.set)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    await holder.start()
    answering = await server.start(listen(layout.runtime))
    announcement.alive()
    await server.ended.wait()
    answering.close()
    (layout.runtime / SOCKET).unlink(missing_ok=True)
    await holder.stop()


def _only_one(layout: Layout) -> None:
    """Both folders are locked for life: either may have been paired with another by mistake."""
    runtime = layout.runtime / "supervisor.lock"
    if files.lock(runtime) is None:
        raise PermanentError(
            "a supervisor lives already", code=_ALIVE_ALREADY, fix="use it, or tierline down"
        )
    state = layout.state / "supervisor.lock"
    if files.lock(state) is None:
        raise PermanentError(
            f"{layout.state} is held by a supervisor that meets its clients elsewhere",
            code="supervisor/elsewhere",
            fix="use the XDG_RUNTIME_DIR that it was started with, or end it there",
        )


if __name__ == "__main__":
    sys.exit(main())
