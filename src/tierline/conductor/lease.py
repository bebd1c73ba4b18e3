"""Keeps the environment's lease while a rollout runs; knows nothing of rollouts."""

from __future__ import annotations

import asyncio
import os
import platform
from pathlib import Path

import psutil

from tierline.errors import LeaseLost, TemporaryError
from tierline.evidence.clock import Clock
from tierline.targets.protocol import Fence, Holder, LeaseHeld, Target


def this_holder(name: str) -> Holder:
    """This process, so that others on the same boot can see whether it still lives."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return Holder(
        name=name,
        host=platform.node(),
        boot=boot.read_text().strip() if boot.exists() else "",
        pid=os.getpid(),
        started_at=psutil.Process().create_time(),
    )


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
                fix="run the same command again",
            ) from error
        if renewed.token != fence.token:
            raise LeaseLost(
                f"{environment}: somebody else held the lease in between",
                code="lease/lost",
                fix="run the same command again",
            )
        fence = renewed
