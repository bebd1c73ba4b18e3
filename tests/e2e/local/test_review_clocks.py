"""The supervisor's clock began long ago; evidence and leases go by the clock of who conducts."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import cast

import pytest

from conformance.acting import me
from conformance.local_world import LocalWorld, local_world
from conformance.services import Services
from tierline.evidence.sources import Sources
from tierline.facts.evidence import Signal
from tierline.facts.observation import Accepted
from tierline.targets.local.target import LEASE_SECONDS, LocalTarget, Site

STEADY = Services.STEADY.value
APART = (-7200.0, 7200.0)
"""seconds by which the wall clock was set since the supervisor began, or the journal is ahead"""


def target_at(world: LocalWorld, apart: float) -> LocalTarget:
    """A target whose conductor's clock is that far from the supervisor's."""
    environ = {"PATH": os.environ["PATH"]}
    site = Site(world.root, "local", world.folders, environ, lambda: time.time() + apart)
    return LocalTarget(site, world.mesh, Sources(world.root, world.mesh))


@pytest.mark.parametrize("apart", APART)
def test_signals_and_leases_are_told_by_the_conductors_clock(tmp_path: Path, apart: float) -> None:
    async def scenario() -> None:
        async with local_world(tmp_path) as world, asyncio.timeout(60):
            target, plan = target_at(world, apart), world.plan(1)
            async for _ in target.prepare(plan):
                pass
            fence = await target.claim("local", me())
            assert 0.0 < fence.until - (time.time() + apart) <= LEASE_SECONDS
            revision = next(s.revision.id for s in plan.services if s.service_id == STEADY)
            intended = time.time() + apart
            answer = await target.apply(STEADY, revision, "r1/M01/apply/1", fence.token)
            assert answer == Accepted()
            stream = cast("AsyncGenerator[Signal, None]", target.signals())
            async with aclosing(stream) as signals:
                signal = await anext(signals)
            assert intended <= signal.first_at <= signal.at <= time.time() + apart

    asyncio.run(scenario())
