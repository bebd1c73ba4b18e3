"""What only the local target can tell, with real processes: who really listens, what is missing."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from conformance.acting import me
from conformance.local_world import LocalWorld, local_world
from conformance.services import Services
from tierline.facts.evidence import Answer, Connection, Health, Requests
from tierline.facts.observation import Accepted, Outcome, Phase, Refused, Seen
from tierline.facts.probe import ConnectionProbe, HealthProbe, RequestProbe
from tierline.plan.model import Plan
from tierline.targets.local.client import Client
from tierline.targets.local.target import LocalTarget, down
from tierline.targets.protocol import Prepared

STEADY, SLOW, TWOFOLD = Services.STEADY.value, Services.SLOW.value, Services.TWOFOLD.value
SILENT = "time.sleep(600)"


def play(
    folder: Path,
    scenario: Callable[[LocalWorld, LocalTarget], Awaitable[None]],
    endings: Mapping[str, str] | None = None,
    configs: Mapping[str, str] | None = None,
) -> None:
    async def main() -> None:
        async with local_world(folder, endings, configs) as world, asyncio.timeout(60):
            await scenario(world, world.target())

    asyncio.run(main())


async def prepared(world: LocalWorld, target: LocalTarget) -> tuple[Plan, dict[str, Prepared]]:
    plan = world.plan(1)
    return plan, {item.service_id: item async for item in target.prepare(plan)}


async def apply(target: LocalTarget, plan: Plan, service: str, key: str = "") -> Outcome:
    fence = await target.claim("local", me())
    revision = next(s.revision.id for s in plan.services if s.service_id == service)
    return await target.apply(service, revision, key or f"r1/{service}/1", fence.token)


async def told(target: LocalTarget, service: str) -> int:
    """The HTTP port that the service's api was told."""
    seen = await see(target, service, lambda seen: bool(seen.instances))
    return int(seen.instances[0].addresses["http"].rpartition(":")[2])


async def see(target: LocalTarget, service: str, wanted: Callable[[Seen], bool]) -> Seen:
    async with aclosing(target.observe()) as frames:
        async for frame in frames:
            if isinstance(frame, Seen) and frame.service_id == service and wanted(frame):
                return frame
    raise AssertionError("the view ended")


async def health(target: LocalTarget, service: str, wanted: Callable[[Health], bool]) -> Health:
    while True:
        fact = await target.probe(service, HealthProbe("api"))
        assert isinstance(fact, Health)
        if wanted(fact):
            return fact
        await asyncio.sleep(0.02)


def listen_on(port: int) -> socket.socket:
    """A listener of ours, which answers nothing by itself."""
    return socket.create_server(("127.0.0.1", port))


def test_a_stranger_on_the_port_is_no_health(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        assert await apply(target, plan, STEADY) == Accepted()
        port = await told(target, STEADY)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.IncompleteReadError, ConnectionError):  # who only connects leaves
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                await writer.drain()
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", port):
            fact = await target.probe(STEADY, HealthProbe("api"))
            assert isinstance(fact, Health)
            assert (fact.answer, fact.instance) == (Answer.FAILED, "")
            assert fact.detail == (
                f"port {port} is answered by pid {os.getpid()}, which is not of this instance"
            )
            counted = await target.probe(STEADY, RequestProbe(5))
            assert isinstance(counted, Requests)
            assert counted.total == 0
            await apply(target, plan, SLOW)
            tried = await target.probe(SLOW, ConnectionProbe(STEADY))
            assert isinstance(tried, Connection)
            assert tried.answer is Answer.FAILED

    play(tmp_path, scenario, {STEADY: SILENT})


def test_listening_elsewhere_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        other = sock.getsockname()[1]
    moved = f"os.environ['HTTP_PORT'] = '{other}'; serve(); time.sleep(600)"

    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        await apply(target, plan, STEADY)
        port = await told(target, STEADY)
        fact = await health(target, STEADY, lambda fact: "listens" in fact.detail.split()[0])
        assert fact.answer is Answer.NOBODY
        assert fact.instance
        assert fact.detail == f"listens on 127.0.0.1:{other}, told {port}"

    play(tmp_path, scenario, {STEADY: moved})


def test_an_unresolved_variable_is_refused_with_its_place(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        outcome = await apply(target, plan, STEADY)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.temporary) == ("config/unresolved", False)
        place = f"mesh/services/data-ai/{STEADY}/configs/default.yaml:2:17"
        assert outcome.message.startswith(f"{place}: ${{PG_URL}} has no value; set PG_URL")

    config = "dependencies:\n  postgres_url: ${PG_URL}\n"
    play(tmp_path, scenario, configs={STEADY: config})


def test_infrastructure_that_refuses_stands_beside_the_failure(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        assert await apply(target, plan, STEADY) == Accepted()
        seen = await see(
            target, STEADY, lambda seen: any(i.phase is Phase.EXITED for i in seen.instances)
        )
        assert "no database" in seen.instances[0].reason
        assert seen.instances[0].reason.endswith("postgres_url: 127.0.0.1:1 refuses connections")
        fact = await health(target, STEADY, lambda fact: fact.answer is Answer.FAILED)
        assert "postgres_url" in fact.detail

    config = "service:\n  http_port: 1\ndependencies:\n  postgres_url: postgres://u@127.0.0.1:1/x\n"
    play(tmp_path, scenario, {STEADY: "sys.exit('no database')"}, {STEADY: config})


def test_a_taken_port_is_refused_for_now(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        await apply(target, plan, STEADY)
        port = await told(target, STEADY)
        fence = await target.claim("local", me())
        assert await target.stop(STEADY, "r1/stop", fence.token) == Accepted()
        with listen_on(port):
            outcome = await apply(target, plan, STEADY, "r2/apply")
            assert isinstance(outcome, Refused)
            assert (outcome.code, outcome.temporary) == ("port/taken", True)
            assert str(port) in outcome.message
        assert await apply(target, plan, STEADY, "r2/apply") == Accepted()
        assert await told(target, STEADY) == port

    play(tmp_path, scenario)


def test_an_edit_of_the_checkout_does_not_reach_what_was_staged(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        world.plan(2)
        await apply(target, plan, Services.QUITTER)
        await see(target, Services.QUITTER, lambda s: s.instances[0].phase is Phase.EXITED)
        texts = [line.text async for line in target.logs(Services.QUITTER, 0.0, 9)]
        assert texts == ["edition 1", "placeholder"]

    play(tmp_path, scenario)


def test_a_failed_build_is_that_services_alone(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, items = await prepared(world, target)
        assert [name for name, item in items.items() if not item.ok] == [SLOW]
        assert items[SLOW].code == "build/failed"
        assert items[SLOW].detail.startswith(f"services/data-ai/{SLOW}/cmd/api/main.py:")
        outcome = await apply(target, plan, SLOW)
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.message) == ("build/failed", items[SLOW].detail)
        assert not await target.available(SLOW, plan.services[1].revision.id)

    play(tmp_path, scenario, {SLOW: "def broken(:"})


def test_a_link_out_of_the_mesh_is_that_services_failure(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        world.plan(1)
        (world.root / "services/data-ai" / SLOW / "leak").symlink_to("/etc/passwd")
        _, items = await prepared(world, target)
        assert (items[SLOW].ok, items[SLOW].code) == (False, "build/escape")
        assert items[STEADY].ok

    play(tmp_path, scenario)


def test_each_workload_has_a_port_of_its_own_and_the_file_says_the_same(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        await apply(target, plan, TWOFOLD)
        seen = await see(target, TWOFOLD, lambda seen: len(seen.instances) == 2)
        api, worker = (i.addresses for i in seen.instances)
        assert len({api["http"], api["grpc"], worker["http"]}) == 3
        assert "grpc" not in worker
        staged = world.folders.state / "staged" / TWOFOLD / seen.instances[0].revision
        text = (staged / "mesh/services/data-ai" / TWOFOLD / "configs/default.yaml").read_text()
        assert f"http_port: {api['http'].rpartition(':')[2]}\n" in text

    play(tmp_path, scenario)


def test_down_finds_services_of_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        await apply(target, plan, STEADY)
        await health(target, STEADY, lambda fact: fact.answer is Answer.OK)
        port = await told(target, STEADY)
        await world.kill_supervisor()
        client = Client(world.folders.state, world.folders.runtime)
        while await client.lives():
            await asyncio.sleep(0.01)
        assert await down(world.folders)
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            pass
        assert not await down(world.folders)

    play(tmp_path, scenario)


def test_effects_go_on_with_a_new_supervisor(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        await apply(target, plan, STEADY)
        first = await see(target, STEADY, lambda seen: bool(seen.instances))
        await world.kill_supervisor()
        assert await apply(target, plan, STEADY) == Accepted()
        again = await see(target, STEADY, lambda seen: bool(seen.instances))
        assert [i.id for i in again.instances] == [i.id for i in first.instances]
        assert await apply(target, plan, TWOFOLD) == Accepted()

    play(tmp_path, scenario)


def test_variables_of_the_mesh_reach_the_service_but_not_over_its_ports(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        world.mesh.variables.update(HTTP_PORT="1", GREETING="hello")  # type: ignore[attr-defined] # a dict here
        plan, _ = await prepared(world, target)
        await apply(target, plan, STEADY)
        await see(target, STEADY, lambda s: s.instances[0].phase is Phase.EXITED)
        texts = [line.text async for line in target.logs(STEADY, 0.0, 9)]
        assert texts[-1] == f"hello {await told(target, STEADY)}"

    play(tmp_path, scenario, {STEADY: "print(os.environ['GREETING'], os.environ['HTTP_PORT'])"})


def test_reasons_show_paths_as_in_the_checkout(tmp_path: Path) -> None:
    async def scenario(world: LocalWorld, target: LocalTarget) -> None:
        plan, _ = await prepared(world, target)
        await apply(target, plan, STEADY)
        seen = await see(target, STEADY, lambda s: s.instances[0].phase is Phase.EXITED)
        file = f"services/data-ai/{STEADY}/cmd/api/main.py"
        assert seen.instances[0].reason == f"RuntimeError: cannot start {file}"

    play(tmp_path, scenario, {STEADY: "raise RuntimeError(f'cannot start {__file__}')"})
