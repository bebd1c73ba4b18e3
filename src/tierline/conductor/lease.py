"""Keeps the environment's lease while a rollout runs; knows nothing of rollouts."""

from __future__ import annotations

import asyncio
import os
import platform
from contextlib import suppress
from pathlib import Path

from tierline.errors import LeaseLost, TemporaryError
from tierline.evidence.clock import Clock
from tierline.targets.protocol import Fence, Holder, LeaseHeld, Target


def this_holder(name: str, task: str = "", folder: str = "") -> Holder:
    """This process, so that others on the same boot can see whether it still lives.

    `task` is the command that it carries out, `folder` the checkout that it works in.
    """
    boot = Path("/proc/sys/kernel/random/boot_id")
    return Holder(
        name=name,
        host=platform.node(),
        boot=boot.read_text().strip() if boot.exists() else "",
        pid=os.getpid(),
        started=_started(),
        task=task,
        folder=folder,
    )


def _started() -> int:
    """Clock ticks from boot to the start of this process: field 22 of its stat, see proc(5)."""
    try:
        line = Path("/proc/self/stat").read_bytes()
    except OSError:
        return 0
    return int(line.rpartition(b")")[2].split()[19])


async def keep(target: Target, environment: str, fence: Fence, clock: Clock) -> None:
    """Claim again at a third of the lease's time, until cancelled.

    Raises LeaseLost when somebody else has it, or when it ran out before it could be renewed.
    """
    while True:
        await asyncio.sleep(max(0.05, (fence.until - clock.now()) / 3))
        try:
            renewed = await target.claim(environment, fence.holder)
        except LeaseHeld as held:
            raise LeaseLost(held.message, code="lease/lost", fix=held.fix) from held
        except TemporaryError as error:
            if clock.now() < fence.until:
                continue
            raise LeaseLost(
                f"{environment}: the lease ran out before it could be renewed: {error.message}",
                code="lease/lost",
                fix=error.fix or "run the same command again",
            ) from error
        if renewed.token != fence.token:
            with suppress(TemporaryError):
                await target.release(renewed)
            raise LeaseLost(
                f"{environment}: somebody else held the lease in between",
                code="lease/lost",
                fix="run the same command again",
            )
        fence = renewed
