"""A program is bounded in time and output, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import select
from contextlib import suppress
from pathlib import Path

import psutil

from ended import ends
from tierline.programs import MOST_OUTPUT, run


def test_what_was_just_started_is_ended_with_its_children(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    script = f"trap '' TERM; sleep 300 & echo $! > {told}; wait"
    reader = os.open(told, os.O_RDWR)

    async def interrupted() -> None:
        others = set(psutil.Process().children())
        task = asyncio.create_task(run(["sh", "-c", script], tmp_path, os.environ, 60))
        while not set(psutil.Process().children()) - others:
            await asyncio.sleep(0)
        ready, _, _ = select.select([reader], [], [], 30)
        assert ready, "it was never started"
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(interrupted())
    child = int(os.read(reader, 100))
    os.close(reader)
    assert ends(child)


def test_what_hangs_is_ended(tmp_path: Path) -> None:
    ended = asyncio.run(run(["sleep", "60"], tmp_path, os.environ, 0.05))
    assert (ended.code, ended.output) == (None, "")


def test_the_end_of_a_long_output_is_kept(tmp_path: Path) -> None:
    script = f"head -c {2 * MOST_OUTPUT} /dev/zero | tr '\\0' x; echo end; exit 3"
    ended = asyncio.run(run(["sh", "-c", script], tmp_path, os.environ, 10))
    assert (ended.code, len(ended.output)) == (3, MOST_OUTPUT)
    assert ended.output.endswith("xend\n")
