"""How a supervisor comes to life, refuses to, and ends; and who may conduct its environment."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.acting import began
from supervised import Play, World, eventually, gone
from tierline.errors import PermanentError, TemporaryError
from tierline.facts.observation import Accepted, Refused
from tierline.targets.local.client import Client
from tierline.targets.local.messages import Status
from tierline.targets.local.rendezvous import connect
from tierline.targets.protocol import Holder, LeaseHeld


def test_many_clients_at_once_start_one(play: Play, world: World) -> None:
    async def scenario(world: World) -> None:
        assert not await world.client.lives()
        clients = [Client(world.state, world.runtime) for _ in range(5)]
        found = await asyncio.gather(*(client.ensure() for client in clients))
        assert len({status.pid for status in found}) == 1
        assert (world.runtime / "supervisor.sock").stat().st_mode & 0o777 == 0o600
        assert all(p.stat().st_mode & 0o777 == 0o700 for p in (world.state, world.runtime))
        pid = found[0].pid
        assert os.getsid(pid) != os.getsid(0)
        assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")

    play(scenario)


def test_it_ends_when_asked_and_leaves_services_alone_unless_told(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.shutdown(stop_services=False)
        assert not world.state.exists(), "none was started to be ended"
        workload = world.workload("echo $$ > pid; sleep 100")
        assert await world.client.launch(world.launch(workload)) == Accepted()
        [pid] = await world.file("pid")
        supervisor = str((await world.client.status()).pid)
        await world.client.shutdown(stop_services=False)
        await eventually(lambda: gone(supervisor))
        assert not gone(pid)
        await world.client.shutdown(stop_services=True)
        assert gone(pid)
        assert not await world.client.lives()
        assert (await world.all_seen())["M01"].instances == ()

    play(scenario)


def test_a_path_longer_than_a_sockets_address(tmp_path: Path, play: Play, world: World) -> None:
    world.client = Client(tmp_path / "s", tmp_path / ("long" * 30) / "r")

    async def scenario(world: World) -> None:
        assert (await world.client.ensure()).pid
        assert await world.client.lives()

    play(scenario)


@pytest.mark.parametrize("folder", ["state", "run"])
def test_a_folder_open_to_others_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(mode=0o700)
    (tmp_path / folder).chmod(0o755)
    with pytest.raises(PermanentError, match="open to others \\(mode 0755\\)") as caught:
        asyncio.run(Client(tmp_path / "state", tmp_path / "run").ensure())
    assert (caught.value.code, "chmod 700" in caught.value.fix) == ("state/open", True)


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of somebody else")
    (tmp_path / "state").mkdir(mode=0o700)
    os.chown(tmp_path / "state", 65534, 65534)
    with pytest.raises(PermanentError, match="belongs to user 65534") as caught:
        asyncio.run(Client(tmp_path / "state", tmp_path / "run").ensure())
    assert caught.value.code == "state/foreign"


def test_a_link_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "state").symlink_to("real")
    with pytest.raises(PermanentError, match="is a link"):
        asyncio.run(Client(tmp_path / "state", tmp_path / "run").ensure())


def test_the_supervisor_itself_refuses_too(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state").chmod(0o777)
    command = (sys.executable, "-m", "tierline.supervisor", "--detach")
    folders = ("--state", str(tmp_path / "state"), "--runtime", str(tmp_path / "run"))
    ended = subprocess.run([*command, *folders], capture_output=True, text=True, check=False)
    assert (ended.returncode, "open to others" in ended.stderr) == (1, True)


def test_what_it_says_when_it_dies_at_start_is_heard(world: World) -> None:
    world.state.mkdir(mode=0o700)
    (world.state / "lease.json").write_text("{")
    with pytest.raises(PermanentError, match=r"lease\.json is damaged") as caught:
        asyncio.run(world.client.ensure())
    assert caught.value.code == "supervisor/start"


def test_two_runtime_folders_cannot_share_a_state(tmp_path: Path, play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.ensure()
        with pytest.raises(PermanentError, match="meets its clients elsewhere"):
            await Client(world.state, tmp_path / "other").ensure()

    play(scenario)


def test_what_is_no_request_is_answered(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.ensure()
        for line in (
            b"{}\n",
            b"\xff\n",
            b'{"v":2,"is":"Launch","of":{}}\n',
            b"[" * 100_000 + b"\n",
        ):
            reader, writer = await asyncio.open_unix_connection(sock=connect(world.runtime))
            writer.write(line)
            assert b'"code":"supervisor/request"' in await reader.readline()
            writer.close()
        assert (await world.client.status()).problems == ()

    play(scenario)


def test_a_lease_is_kept_refused_and_taken_over_from_the_dead(play: Play) -> None:
    async def scenario(world: World) -> None:
        mine = await world.client.claim("local", world.me, 30)
        again = await world.client.claim("local", world.me, 60)
        assert (again.token, again.until > mine.until) == (mine.token, True)
        with subprocess.Popen(["sleep", "100"]) as other:
            rival = replace(world.me, name="rival", pid=other.pid, started=began(other.pid))
            with pytest.raises(LeaseHeld) as caught:
                await world.client.claim("local", rival, 30)
            assert caught.value.holder == world.me
            await world.client.release(mine.token)
            theirs = await world.client.claim("local", replace(rival, host="elsewhere"), 30)
            assert theirs.token == mine.token + 1
            with pytest.raises(LeaseHeld):
                await world.client.claim("local", world.me, 30)
            await world.client.release(theirs.token)
            theirs = await world.client.claim("local", rival, 30)
            other.kill()
            other.wait()
        await world.kill()
        taken = await world.client.claim("local", world.me, 30)
        assert taken.token == theirs.token + 1
        assert holder_of(await world.client.status()) == world.me

    play(scenario)


def test_a_new_lease_overtakes_effects_of_the_old_one(play: Play) -> None:
    async def scenario(world: World) -> None:
        mine = await world.client.claim("local", world.me, 0.0)
        await world.client.claim("local", replace(world.me, host="elsewhere"), 30)
        launch = world.launch(world.workload("echo > started"), fence=mine.token)
        answer = await world.client.launch(launch)
        assert isinstance(answer, Refused)
        assert answer.code == "lease/lost"

    play(scenario)


def test_another_environments_claim_is_refused(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.claim("local", world.me, 30)
        with pytest.raises(PermanentError, match="holds environment local, not staging"):
            await world.client.claim("staging", world.me, 30)

    play(scenario)


def test_a_state_that_cannot_be_written_is_said_and_may_pass(play: Play) -> None:
    async def scenario(world: World) -> None:
        await world.client.ensure()
        (world.state / "lease.json").mkdir()
        with pytest.raises(TemporaryError):
            await world.client.claim("local", world.me, 30)

    play(scenario)


def test_idle_costs_nothing(play: Play) -> None:
    async def scenario(world: World) -> None:
        pid = (await world.client.ensure()).pid
        before = ticks(pid)
        await asyncio.sleep(1)
        assert ticks(pid) - before <= 3, "hundredths of a second of processor time in one second"

    play(scenario)


def holder_of(status: Status) -> Holder | None:
    return status.held.holder if status.held else None


def ticks(pid: int) -> int:
    values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(values[11]) + int(values[12])
