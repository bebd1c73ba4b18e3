"""Machines that lack something: git, a home, room, rights; each a clear error or no matter at all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from e2e.cli.mounts import mounted, needs_mounts, read_only
from e2e.cli.shop import HOMELESS, Shop, is_root, written
from e2e.rollout.field import PATIENCE
from tierline.scaffold.breaks import break_service

READING = (("check",), ("plan", "M11"), ("ready", "M11"))
NO_GIT = {"PATH": "/nonexistent"}


@pytest.mark.parametrize("changes", [HOMELESS, {"HOME": "/nonexistent", **dict.fromkeys(HOMELESS)}])
def test_reading_needs_no_home_and_makes_nothing(
    shop: Shop, changes: dict[str, str | None]
) -> None:
    before = written(shop.base)
    for command in READING:
        assert shop.under(**changes).tell(*command, "--format", "json").code == 0
    assert shop.under(**changes).tell("status").code == 0
    assert written(shop.base) - {"s", "r"} == before


def test_reading_makes_no_folder_for_state(shop: Shop) -> None:
    for command in (*READING, ("status",)):
        assert shop.tell(*command).code == 0
    assert written(shop.base / "s") == written(shop.base / "r") == set()


@needs_mounts
def test_reading_needs_no_right_to_write_anywhere(shop: Shop) -> None:
    _ = shop.environ
    for command in READING:
        told = mounted(shop, read_only(shop.base), *command, "--format", "json")
        assert told.code == 0, told.err
        assert told.document["decision"] == "GO"


def test_a_rollout_without_a_home_names_the_variable(shop: Shop) -> None:
    told = shop.under(**HOMELESS).tell("rollout", "--yes")
    assert told.code == 2
    assert "XDG_STATE_HOME" in told.err


def test_a_demo_without_a_home_leaves_nothing(shop: Shop, tmp_path: Path) -> None:
    told = shop.under(**HOMELESS, TMPDIR=str(tmp_path)).tell("demo")
    assert (told.code, "state/no-home" in told.err) == (2, True)
    assert written(tmp_path) == set()


def test_a_relative_state_folder_is_ignored_like_an_absent_one(shop: Shop) -> None:
    told = shop.under(**{**HOMELESS, "XDG_STATE_HOME": "here"}).tell("rollout", "--yes")
    assert (told.code, "state/no-home" in told.err) == (2, True)
    assert not (shop.folder / "here").exists()


@pytest.mark.skipif(not is_root(), reason="only root can give a folder away")
def test_state_of_another_owner_is_refused(shop: Shop) -> None:
    folder = shop.base / "s" / "tierline"
    _ = shop.environ
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, -1)
    told = shop.tell("rollout", "--yes")
    assert told.code == 1
    assert f"{folder} belongs to user 12345" in told.err
    assert written(folder) == set()


def test_state_that_others_may_enter_is_refused_with_the_way_to_close_it(shop: Shop) -> None:
    folder = shop.base / "s" / "tierline"
    _ = shop.environ
    folder.mkdir()
    folder.chmod(0o755)
    told = shop.tell("rollout", "--yes")
    assert told.code == 1
    assert f"fix: chmod 700 {folder}" in told.err
    folder.chmod(0o700)
    assert shop.tell("rollout", "M99", "--yes").code == 2


@pytest.mark.parametrize("place", ["/dev/null", "/proc/nowhere", "/etc/passwd/x"])
def test_a_place_that_cannot_hold_state_is_an_error_of_the_tool(shop: Shop, place: str) -> None:
    told = shop.under(XDG_STATE_HOME=place).tell("rollout", "--yes", "--format", "json")
    assert (told.code, told.out) == (1, "")
    assert "state/unusable" in told.err
    assert "XDG_STATE_HOME" in told.err


@needs_mounts
def test_a_full_disk_is_an_error_with_its_place_and_nothing_has_started(shop: Shop) -> None:
    _ = shop.environ
    state = shop.base / "s"
    told = mounted(shop, f"mount -t tmpfs -o size=64k,mode=700 none {state}", "rollout", "--yes")
    assert told.code == 1
    assert str(state) in told.err
    assert "free space" in told.err
    assert "starting" not in told.err


@needs_mounts
def test_state_that_cannot_be_written_is_an_error_with_its_place(shop: Shop) -> None:
    _ = shop.environ
    told = mounted(shop, read_only(shop.base), "rollout", "--yes")
    assert told.code == 1
    assert "Read-only file system" in told.err
    assert "fix: " in told.err


@needs_mounts
def test_a_plan_that_cannot_be_written_leaves_no_part(shop: Shop) -> None:
    _ = shop.environ
    told = mounted(shop, read_only(shop.base), "plan", "M11", "-o", "release.json")
    assert (told.code, told.out) == (2, "")
    assert "release.json cannot be written: Read-only file system" in told.err
    for place in ("absent/release.json", ".", "mesh", "README.md/x"):
        told = shop.tell("plan", "M11", "-o", place)
        assert (told.code, told.out) == (2, ""), told.err
    assert not list(shop.folder.glob(".*.part"))
    assert not list(shop.folder.glob("mesh/.*.part"))


def test_a_plan_goes_through_pipes_and_links_and_replaces_neither(shop: Shop) -> None:
    (shop.folder / "linked.json").symlink_to("real.json")
    told = shop.tell("plan", "M11", "-o", "linked.json", "--format", "json")
    assert told.code == 0
    assert (shop.folder / "linked.json").is_symlink()
    assert (shop.folder / "real.json").read_text() == told.out
    pipe = shop.folder / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True)
    assert shop.tell("plan", "M11", "-o", "pipe").code == 0
    assert reader.communicate(timeout=PATIENCE)[0] == told.out
    assert pipe.is_fifo()


@needs_mounts
def test_a_demo_that_finds_no_room_leaves_nothing(shop: Shop) -> None:
    target = shop.base / "small"
    target.mkdir()
    told = mounted(
        shop,
        f"mount -t tmpfs -o size=256k none {target}",
        *("init", "--demo", str(target / "new")),
    )
    assert told.code == 1
    assert "No space left on device" in told.err


def test_without_git_everything_works_but_what_asks_git(shop: Shop) -> None:
    bare = shop.under(**NO_GIT)
    for command in READING:
        assert bare.tell(*command).code == 0
    told = bare.tell("plan", "changed:HEAD")
    assert told.code == 1
    assert "git is not installed" in told.err
    new = bare.tell("init", "--demo", "new")
    assert (new.code, "install git" in new.err) == (1, True)
    assert not (shop.folder / "new").exists()
    assert bare.tell("rollout", "--yes", "--target", "simulated").code == 0


def test_outside_a_repository_everything_works_but_what_asks_git(shop: Shop) -> None:
    shutil.rmtree(shop.folder / ".git")
    for command in READING:
        assert shop.tell(*command).code == 0
    told = shop.tell("plan", "changed:HEAD")
    assert (told.code, "git/no-repository" in told.err) == (1, True)
    broken = shop.folder / ".git"
    broken.write_text("gitdir: /nonexistent\n")
    assert shop.tell("check").code == 0
    assert shop.tell("plan", "changed:HEAD").code == 1


def test_outside_a_mesh_the_way_to_one_is_named(shop: Shop, tmp_path: Path) -> None:
    told = shop.tell("check", cwd=tmp_path)
    assert told.code == 2
    assert "--root-path" in told.err
    assert "init" in told.err


def test_hooks_filters_and_programs_of_a_repository_never_run(shop: Shop) -> None:
    trap = shop.base / "sprung"
    (shop.folder / ".git/hooks").mkdir(exist_ok=True)
    hook = shop.folder / ".git/hooks/post-index-change"
    hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
    hook.chmod(0o755)
    with (shop.folder / ".git/config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = touch {trap}\n[diff]\n\texternal = touch {trap}\n")
        config.write(f'[filter "x"]\n\tclean = touch {trap}\n\tsmudge = touch {trap}\n')
    (shop.folder / ".gitattributes").write_text("* filter=x\n")
    (shop.mesh / "README.md").write_text("changed\n")
    assert shop.tell("plan", "changed:HEAD").code in {0, 2, 4}
    assert not trap.exists()


def test_a_broken_git_history_is_an_error_of_git(shop: Shop) -> None:
    for pack in (shop.folder / ".git/objects").iterdir():
        shutil.rmtree(pack)
    told = shop.tell("plan", "changed:HEAD")
    assert told.code in {1, 2}
    assert "git/" in told.err
    assert shop.tell("check").code == 0


def test_a_service_that_does_not_build_does_not_stop_a_plan(shop: Shop) -> None:
    break_service(shop.folder, "M05", "build")
    assert shop.tell("plan").code == 0
