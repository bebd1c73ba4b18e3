"""`tierline doctor` on real machines: without a mesh, in one, with tools missing, hanging, hostile."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from e2e.cli.shop import Done, Shop, is_root, written
from tierline.evidence.machine.tools import ASKED

NEEDED = ("git", "python3")


def programs(folder: Path, *names: str, **bodies: str) -> str:
    """A PATH of nothing but links to real programs, and scripts."""
    folder.mkdir()
    for name in names:
        found = sys.executable if name == "python3" else shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    for name, body in bodies.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def points(told: Done) -> dict[str, dict[str, Any]]:
    return {point["id"]: point for point in told.document["points"]}


def test_in_the_demo_mesh_nothing_required_is_missing(shop: Shop, tmp_path: Path) -> None:
    path = programs(tmp_path / "bin", *NEEDED)
    before = written(shop.base)
    told = shop.under(PATH=path).tell("doctor", "--format", "json")
    assert told.code == 0, told.out
    found = points(told)
    assert found["python3"]["services"]
    assert found["python3"]["required"]
    assert (found["git"]["status"], found["repository"]["status"]) == ("ok", "ok")
    assert {"go", "docker", "compose", "kubectl"} <= set(told.document["not_needed"])
    assert written(shop.base) - {"s", "r"} == before
    assert written(shop.base / "s") == written(shop.base / "r") == set()


def test_outside_a_mesh_the_machine_is_judged_and_nothing_required(
    shop: Shop, tmp_path: Path
) -> None:
    path = programs(tmp_path / "bin", "git")
    told = shop.under(PATH=path).tell("doctor", "--format", "json", cwd=tmp_path)
    assert (told.code, told.document["mesh"]) == (0, None)
    assert points(told)["go"]["status"] == "warn"
    text = shop.under(PATH=path, COLUMNS="80").tell("doctor", cwd=tmp_path)
    assert text.code == 0
    assert text.out.startswith("GO: no mesh here, so nothing is required;")
    assert [x for x in text.out.splitlines() if len(x) > 80 and str(tmp_path) not in x] == []


def test_a_service_in_go_needs_a_go_that_is_young_enough(shop: Shop, tmp_path: Path) -> None:
    folder = next(shop.mesh.glob("services/*/M11-*"))
    (folder / "go.mod").write_text("module example.com/x\n\ngo 1.99\n")
    shutil.rmtree(folder / "cmd")
    (folder / "cmd/api").mkdir(parents=True)
    (folder / "cmd/api/main.go").write_text("package main\nfunc main() {}\n")
    bare = shop.under(PATH=programs(tmp_path / "bare", *NEEDED))
    told = bare.tell("doctor", "--format", "json")
    assert told.code == 3
    go = points(told)["go"]
    assert (go["status"], go["fact"], go["required"]) == ("fail", "not on PATH", True)
    assert [name[:3] for name in go["services"]] == ["M11"]
    assert "1.99" in go["fix"]
    old = programs(tmp_path / "old", *NEEDED, go="echo go version go1.22.0 linux/amd64")
    told = shop.under(PATH=old, GOTOOLCHAIN="local").tell("doctor")
    assert told.code == 3
    assert "is older than 1.99, as M11" in " ".join(told.out.split())
    told = shop.under(PATH=old, GOTOOLCHAIN="auto").tell("doctor")
    assert (told.code, told.out[:4]) == (4, "HOLD")


def test_tools_that_hang_do_not_make_doctor_hang(shop: Shop, tmp_path: Path) -> None:
    names = {ask.program for ask in ASKED.values()}
    hanging = programs(tmp_path / "bin", **dict.fromkeys(names, "exec /bin/sleep 3600"))
    told = shop.under(PATH=hanging).tell("doctor", "--format", "json")
    assert told.code == 4
    assert "did not answer" in points(told)["git"]["fact"]


def test_nothing_of_a_hostile_mesh_is_run(shop: Shop, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    inside = programs(shop.mesh / "bin", **dict.fromkeys(ASKED, f"touch {trap}; echo 9.9.9"))
    for name in ASKED:
        shutil.copy(shop.mesh / "bin" / name, shop.folder / name)
        shutil.copy(shop.mesh / "bin" / name, shop.mesh / name)
    with (shop.folder / ".git/config").open("a") as config:
        config.write(f"[core]\n\tfsmonitor = touch {trap}\n\thooksPath = {inside}\n")
    path = f".::{inside}:{programs(tmp_path / 'bin', *NEEDED)}"
    for cwd in (shop.folder, shop.mesh):
        told = shop.under(PATH=path).tell("doctor", "--format", "json", cwd=cwd)
        assert points(told)["path"]["status"] == "warn"
        assert not trap.exists()


def test_the_state_folder_is_judged_as_a_rollout_would(shop: Shop) -> None:
    folder = shop.base / "s" / "tierline"
    _ = shop.environ
    folder.mkdir(mode=0o755)
    told = shop.tell("doctor", "--format", "json")
    assert told.code == 3
    assert points(told)["state"]["fix"] == f"chmod 700 {folder}"
    if is_root():
        os.chown(folder, 12345, -1)
        told = shop.tell("doctor", "--format", "json")
        assert "belongs to user 12345" in points(told)["state"]["fact"]


@pytest.mark.parametrize(
    ("changes", "point", "said"),
    [
        (
            dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME")),
            "home",
            "neither XDG_STATE_HOME nor HOME is set",
        ),
        ({"XDG_STATE_HOME": "/proc/nowhere"}, "state", "/proc cannot be written"),
        ({"XDG_STATE_HOME": "/etc/passwd/x"}, "state", ""),
    ],
)
def test_without_a_place_for_state_a_rollout_is_told_beforehand(
    shop: Shop, changes: dict[str, str | None], point: str, said: str
) -> None:
    told = shop.under(**changes).tell("doctor", "--format", "json")
    assert said in points(told).get(point, {"fact": said})["fact"]
    if said:
        assert told.code == 3


def test_a_mesh_that_cannot_be_used_is_a_point_beside_the_machine(shop: Shop) -> None:
    (shop.mesh / "tierline.toml").write_text("name = [\n")
    told = shop.tell("doctor", "--format", "json")
    assert told.code == 3
    found = points(told)
    assert "tierline.toml cannot be used" in found["mesh"]["fact"]
    assert found["git"]["status"] == "ok"
    assert shop.tell("doctor", "--root-path", "nowhere").code == 2
    assert shop.tell("doctor", "--policy", "nowhere").code == 2


def test_markdown_is_one_table(shop: Shop) -> None:
    told = shop.tell("doctor", "--format", "md")
    rows = [line for line in told.out.splitlines() if line.startswith("|")]
    assert len(rows) > 10
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}
