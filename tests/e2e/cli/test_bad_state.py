"""State that is damaged, foreign, locked or on a bad disk: a clear error, and nothing half-written."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from e2e.cli.mounts import mounted, needs_mounts, needs_setpriv, powerless, read_only
from e2e.cli.shop import HOMELESS, Shop, is_root, make_shop
from tierline.conductor.lease import this_holder
from tierline.scaffold.breaks import break_service
from tierline.targets.local.client import Client

Damage = Callable[[Path], None]

READING = ("status", "report", "issues", "why M01")
SAMPLE = ("status", "resume", "abort")
CONDUCTING = ("rollout M11 --yes", "resume", "hold", "abort", "watch --for 1s")
OTHERS = ("verify M01", "approve 0123abcd", "logs M01")
HELD = 4


@pytest.fixture(scope="module")
def template_of_state(template: Path) -> Iterator[Shop]:
    """A mesh whose only rollout is held; nothing runs any more, and anybody may read the mesh."""
    base = Path(tempfile.mkdtemp(prefix="tb-"))
    made = make_shop(template, base)
    break_service(made.folder, "M01", "exit")
    assert made.tell("rollout", "+M01", "--yes").code == HELD
    assert made.tell("down", "--yes").code == 0
    base.chmod(0o755)
    yield made
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def held(template_of_state: Shop) -> Iterator[Shop]:
    """The same mesh with a copy of the state that a test may ruin."""
    base = Path(tempfile.mkdtemp(prefix="tb-"))
    shutil.copytree(template_of_state.base / "s", base / "s", symlinks=True)
    yield Shop(template_of_state.folder, base)
    shutil.rmtree(base, ignore_errors=True)


def journal(shop: Shop) -> Path:
    (found,) = (shop.base / "s" / "tierline").glob("*/journal.db")
    return found


def content(shop: Shop) -> dict[str, bytes | str]:
    """What the state folder holds, without SQLite's own lists beside its files."""
    found: dict[str, bytes | str] = {}
    for path in (shop.base / "s").rglob("*"):
        if not path.name.endswith(("-shm", "-wal")):
            plain = path.is_file() and not path.is_symlink()
            found[str(path)] = path.read_bytes() if plain else ""
    return found


def refused(shop: Shop, command: str, *said: str, code: int = 1) -> None:
    """The command says all this with a fix, shows no document and changes nothing."""
    before = content(shop)
    told = shop.tell(*command.split())
    assert (told.code, told.out) == (code, ""), (command, told)
    for words in (*said, "  fix: ", "  code: "):
        assert words in told.err, (command, told.err)
    assert content(shop) == before, command


def execute(statement: str) -> Damage:
    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)
            connection.commit()

    return damage


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def no_database(path: Path) -> None:
    path.write_bytes(b"no database" * 99)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("gone") / "journal.db")


@pytest.mark.parametrize("command", [*READING, *CONDUCTING, "plan +M01", "ready +M01"])
def test_a_row_that_was_changed_stops_whatever_builds_on_it(held: Shop, command: str) -> None:
    execute("UPDATE journal SET at = at + 1 WHERE seq = 5")(journal(held))
    refused(held, command, f"{journal(held)}: row 5 of local is not what was", "journal/damaged")


DAMAGES = {
    "half a file": (halved, "malformed", "journal/damaged"),
    "no database": (no_database, "not a", "journal/damaged"),
    "other columns": (
        execute("ALTER TABLE journal DROP COLUMN body"),
        "no such column",
        "journal/damaged",
    ),
    "newer": (execute("PRAGMA user_version = 99"), "newer tierline (schema 99)", "store/newer"),
}


@pytest.mark.parametrize("command", SAMPLE)
@pytest.mark.parametrize("name", DAMAGES)
def test_a_journal_that_is_none_is_named(held: Shop, name: str, command: str) -> None:
    damage, said, code = DAMAGES[name]
    damage(journal(held))
    refused(held, command, str(journal(held)), said, code)


@pytest.mark.parametrize("damage", [a_folder, a_link_to_nothing])
def test_what_is_no_file_is_not_taken_for_an_empty_journal(held: Shop, damage: Damage) -> None:
    path = journal(held)
    damage(path)
    for command in ("status", "issues", "abort"):
        refused(held, command, str(path))


def test_a_kept_plan_that_was_changed_is_no_plan_file(held: Shop) -> None:
    execute("UPDATE plans SET document = '{}'")(journal(held))
    for command in ("status", "resume"):
        refused(held, command, "its plan is in the store and cannot be used", "journal/damaged")


def test_rows_without_a_seal_that_nobody_wrote(held: Shop) -> None:
    path = journal(held)
    execute("UPDATE issues SET body = '{}'")(path)
    refused(held, "issues", f"{path}: a row of issues is not what was written")


@pytest.mark.parametrize("command", ["issues", *SAMPLE, *OTHERS, "watch --for 1s", "down --yes"])
def test_state_that_others_may_enter(held: Shop, command: str) -> None:
    folder = journal(held).parent
    folder.chmod(0o755)
    refused(held, command, f"{folder} is open to others (mode 0755)", f"chmod 700 {folder}")


@pytest.mark.skipif(not is_root(), reason="only root can give a folder away")
@pytest.mark.parametrize("command", [*SAMPLE, *OTHERS, "down --yes"])
def test_state_of_another_owner(held: Shop, command: str) -> None:
    folder = journal(held).parent
    os.chown(folder, 12345, -1)
    refused(held, command, f"{folder} belongs to user 12345", "XDG_STATE_HOME")


@needs_setpriv
@pytest.mark.parametrize("command", [*READING, *CONDUCTING, *OTHERS, "down --yes"])
def test_state_that_only_its_owner_may_enter(held: Shop, command: str) -> None:
    state = held.base / "s"
    before = content(held)
    os.chown(state, 12345, -1)
    try:
        told = powerless(held, *command.split())
    finally:
        os.chown(state, os.geteuid(), -1)
    assert (told.code, told.out) == (1, ""), told
    for words in (f"{state}/tierline cannot be ", "Permission denied", "XDG_STATE_HOME"):
        assert words in told.err
    assert "code: state/unusable" in told.err
    assert content(held) == before


@needs_mounts
def test_a_home_that_is_read_only(held: Shop) -> None:
    home = held.base / "home"
    shutil.copytree(held.base / "s" / "tierline", home / ".local/state/tierline", symlinks=True)
    for folder in (home, home / ".local", home / ".local/state"):
        folder.chmod(0o700)
    at_home = held.under(**HOMELESS).under(HOME=str(home))
    for command, code in (("status", 0), ("report", HELD), ("plan M02", HELD), ("check", 0)):
        told = mounted(at_home, read_only(home), *command.split())
        assert (told.code, bool(told.out)) == (code, True), told
    for command in ("rollout M11 --yes", "resume", "abort"):
        told = mounted(at_home, read_only(home), *command.split())
        assert (told.code, told.out) == (1, ""), told
        assert str(home) in told.err
        assert "  fix: " in told.err


@pytest.mark.parametrize("whose", ["open", "foreign"])
@pytest.mark.parametrize("command", ["ready", "plan"])
def test_who_may_not_look_at_what_runs_says_so(held: Shop, command: str, whose: str) -> None:
    folder = journal(held).parent
    if whose == "open":
        folder.chmod(0o777)
        said = f"{folder} is open to others (mode 0777)"
    elif not is_root():
        pytest.skip("only root can give a folder away")
    else:
        os.chown(folder, 12345, -1)
        said = f"{folder} belongs to user 12345"
    before = content(held)
    told = held.tell(command, "M02")
    assert (told.code, f"warning: what runs in local is unknown: {said}" in told.err) == (
        HELD,
        True,
    )
    words = " ".join(told.out.split())
    assert f"was not observed: nobody could look: {folder}" in words
    assert "readiness/owner-not-observed" in words
    whole = held.tell(command)
    assert f"is unknown: {said}" in whole.err
    refused(held, f"{command} outdated", said)
    assert content(held) == before


@needs_mounts
@pytest.mark.parametrize("disk", ["read-only", "full"])
def test_a_disk_that_takes_nothing(held: Shop, disk: str) -> None:
    state, saved = held.base / "s", held.base / "saved"
    _ = held.environ
    mounts = read_only(held.base)
    if disk == "full":
        shutil.copytree(state, saved, symlinks=True)
        mounts = (
            f"mount -t tmpfs -o size=4m,mode=700 none {state} && cp -a {saved}/. {state} && "
            f"{{ cat /dev/zero > {state}/rest 2> /dev/null || true; }}"
        )
    for command, code in (("status", 0), ("report", HELD), ("issues", 0), ("why M01", 0)):
        told = mounted(held, mounts, *command.split())
        assert (told.code, bool(told.out)) == (code, True), told
    before = content(held)
    for command in ("resume", "abort"):
        told = mounted(held, mounts, command)
        assert (told.code, told.out) == (1, ""), told
        assert str(held.base) in told.err
        assert "  fix: " in told.err
    assert content(held) == before


def test_without_a_home_there_is_no_state(held: Shop) -> None:
    homeless = held.under(**HOMELESS)
    for command in (*CONDUCTING, "down --yes"):
        refused(homeless, command, "XDG_STATE_HOME", "state/no-home", code=2)


def test_a_place_for_sockets_that_is_none_is_made_up_for(held: Shop) -> None:
    long = held.base / ("l" * 90) / ("m" * 60)
    long.mkdir(parents=True, mode=0o700)
    path = journal(held)
    for place in ("/nonexistent/x", str(long)):
        one = held.under(XDG_RUNTIME_DIR=place)
        assert one.tell("status").code == 0
        told = one.tell("abort")
        assert (told.code, told.err.rstrip().endswith("is aborted; local is free")) == (0, True)
        one.tell("down", "--yes")
        shutil.copyfile(template_journal(held), path)


def template_journal(shop: Shop) -> Path:
    """The journal of the state that was copied."""
    return shop.folder.parent / journal(shop).relative_to(shop.base)


def test_a_place_for_sockets_that_is_a_file_is_named(held: Shop) -> None:
    one = held.under(XDG_RUNTIME_DIR="/etc/passwd")
    assert one.tell("status").code == 0
    for command in ("resume", "abort", "down --yes"):
        refused(one, command, "/etc/passwd", "XDG_RUNTIME_DIR")


def test_a_socket_that_a_dead_supervisor_left_is_no_matter(held: Shop) -> None:
    _ = held.environ
    folder = held.base / "r" / "tierline" / journal(held).parent.name
    folder.mkdir(parents=True, mode=0o700)
    folder.parent.chmod(0o700)
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(folder / "supervisor.sock"))
    assert held.tell("status").code == 0
    assert held.tell("abort").code == 0
    held.down()
    assert not psutil.wait_procs(held.supervisors(), timeout=20)[1]


def test_a_journal_that_somebody_is_writing_is_read_and_says_who(held: Shop) -> None:
    with closing(sqlite3.connect(journal(held), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for command in ("status", "issues"):
            assert held.tell(command).code == 0
        told = held.tell("abort")
        assert (told.code, "code: store/locked" in told.err) == (1, True)
        assert f"{journal(held)} is locked by pid {os.getpid()}" in told.err
    held.down()
    assert held.tell("status").out.startswith("local: R-")


def test_down_stops_what_runs_although_the_journal_is_damaged(held: Shop) -> None:
    assert held.tell("rollout", "M11", "--yes", "--supersedes", "latest").code == 0
    execute("UPDATE journal SET at = at + 1")(journal(held))
    told = held.tell("down", "--yes")
    assert (told.code, told.out) == (0, "")
    assert "stopping all the same\nstopped\n" in told.err
    assert held.supervisors() == held.services() == []


def test_who_stops_everything_is_not_asked_to_hold(held: Shop) -> None:
    """Nobody would ever read the request: the lease is with `down`, which conducts nothing."""
    folder = journal(held).parent
    _ = held.environ
    runtime = held.base / "r" / "tierline" / folder.name
    for made in (runtime.parent, runtime):
        made.mkdir(mode=0o700)
    client = Client(folder, runtime)

    async def claim() -> None:
        await client.ensure()
        await client.claim("local", this_holder("ada", "down"), 60.0)

    asyncio.run(claim())
    try:
        for command in ("abort", "resume"):
            told = held.tell(command)
            assert (told.code, told.out, "code: lease/held" in told.err) == (1, "", True), told
            assert f"was not asked to {command}" in told.err
            assert "wait for its end, then run the same command again" in told.err
        with closing(sqlite3.connect(journal(held))) as connection:
            assert connection.execute("SELECT count(*) FROM commands").fetchone() == (0,)
    finally:
        asyncio.run(client.shutdown(stop_services=True))
