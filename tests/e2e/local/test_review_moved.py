"""What is started is what was planned: edits between plan, build and start are never smuggled in."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from conformance.acting import me
from conformance.local_world import LocalWorld, local_world, write
from conformance.services import Services
from tierline.facts.observation import Accepted, Outcome, Refused
from tierline.plan.model import Plan
from tierline.targets.local.target import LocalTarget
from tierline.targets.protocol import Prepared

STEADY, SLOW = Services.STEADY.value, Services.SLOW.value
SOME_SECONDS = 60


async def prepared(target: LocalTarget, plan: Plan) -> dict[str, Prepared]:
    return {item.service_id: item async for item in target.prepare(plan)}


def revision(plan: Plan, service: str) -> str:
    return next(s.revision.id for s in plan.services if s.service_id == service)


async def apply(target: LocalTarget, plan: Plan, service: str) -> Outcome:
    fence = await target.claim("local", me())
    found = revision(plan, service)
    return await target.apply(service, found, f"r{fence.token}/{service}/1", fence.token)


async def output(target: LocalTarget, service: str) -> list[str]:
    while True:
        lines = [line.text async for line in target.logs(service, 0.0, 9)]
        if lines:
            return lines
        await asyncio.sleep(0.02)


def main_of(world: LocalWorld, service: str) -> Path:
    return world.root / world.mesh.services[service].path / "cmd/api/main.py"


def test_an_edit_between_plan_and_build_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with local_world(tmp_path) as world, asyncio.timeout(SOME_SECONDS):
            target, plan = world.target(), world.plan(1)
            file = main_of(world, STEADY)
            write(file, file.read_text().replace('"edition", 1', '"edition", 2'))
            found = await prepared(target, plan)
            assert found[STEADY] == Prepared(
                STEADY,
                ok=False,
                code="build/moved",
                detail=f"{STEADY} is no longer what was planned; changed since: service tree",
            )
            assert found[SLOW].ok
            assert not await target.available(STEADY, revision(plan, STEADY))
            refused = await apply(target, plan, STEADY)
            assert isinstance(refused, Refused)
            assert refused.code == "build/moved"

    asyncio.run(scenario())


def test_an_edit_that_was_taken_back_is_no_edit(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with local_world(tmp_path) as world, asyncio.timeout(SOME_SECONDS):
            target, plan = world.target(), world.plan(1)
            text = main_of(world, STEADY).read_text()
            write(main_of(world, STEADY), "something else")
            assert not (await prepared(target, plan))[STEADY].ok
            write(main_of(world, STEADY), text)
            assert (await prepared(target, plan))[STEADY].ok
            assert await apply(target, plan, STEADY) == Accepted()
            assert await output(target, STEADY) == ["edition 1"]

    asyncio.run(scenario())


def test_an_edit_after_staging_changes_nothing_that_runs(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with local_world(tmp_path) as world, asyncio.timeout(SOME_SECONDS):
            target, plan = world.target(), world.plan(1)
            await prepared(target, plan)
            world.plan(2)
            assert (await prepared(world.target(), plan))[STEADY].ok
            assert await apply(world.target(), plan, STEADY) == Accepted()
            assert await output(target, STEADY) == ["edition 1"]

    asyncio.run(scenario())


def test_variables_are_those_of_the_plan(tmp_path: Path) -> None:
    """A held rollout is resumed after somebody edited `.env`: the plan still says what runs."""
    ends = "print(os.environ['GREETING'], flush=True); time.sleep(600)"

    async def scenario() -> None:
        async with (
            local_world(tmp_path, {STEADY: ends}) as world,
            asyncio.timeout(SOME_SECONDS),
        ):
            world.mesh.variables.update(GREETING="hello")  # type: ignore[attr-defined] # a dict here
            plan = world.plan(1)
            await prepared(world.target(), plan)
            world.mesh.variables.update(GREETING="good bye")  # type: ignore[attr-defined] # a dict here
            assert revision(world.plan(1), STEADY) != revision(plan, STEADY)
            target = world.target()
            assert (await prepared(target, plan))[STEADY].ok
            assert await apply(target, plan, STEADY) == Accepted()
            assert await output(target, STEADY) == ["edition 1", "hello"]

    asyncio.run(scenario())


def test_binaries_are_kept_on_another_file_system(tmp_path: Path) -> None:
    """A cache on a file system of its own is nothing special."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        return
    from tierline.targets.local.build import _keep

    binary = tmp_path / "api"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o700)
    kept = shared / f"tierline-test-{os.getpid()}"
    try:
        _keep(binary, kept)
        assert kept.read_text() == "#!/bin/sh\n"
        assert os.access(kept, os.X_OK)
        assert not binary.exists()
    finally:
        kept.unlink(missing_ok=True)
