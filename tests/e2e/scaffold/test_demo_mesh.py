"""The demo mesh as it is written: complete, the same every time, and ready."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tierline.errors import PermanentError, UsageError
from tierline.evidence.load import load_mesh
from tierline.scaffold.demo import write_demo
from tierline.scaffold.services import EXTERNALS

pytestmark = pytest.mark.required("git")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "with a blank"
    write_demo(folder)
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes())
        for path in found
        if ".git" not in path.parts
    }


def test_everything_is_in_one_commit(demo: Path) -> None:
    assert git(demo, "rev-list", "--count", "HEAD").strip() == "1"
    assert git(demo, "status", "--porcelain", "--ignored") == ""
    assert git(demo, "show", "--no-patch", "--format=%an <%ae>").strip() == (
        "tierline demo <demo@tierline.invalid>"
    )


def test_files_are_the_same_every_time_and_commits_are_not(demo: Path, tmp_path: Path) -> None:
    write_demo(tmp_path / "again")
    assert files_of(tmp_path / "again") == files_of(demo)
    assert git(tmp_path / "again", "rev-parse", "HEAD") != git(demo, "rev-parse", "HEAD")


def test_hooks_and_configuration_of_the_user_do_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    config = tmp_path / "config"
    config.write_text(f"[core]\n\thooksPath = {hooks}\n[commit]\n\tgpgSign = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    write_demo(tmp_path / "demo")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep me")
    with pytest.raises(UsageError, match="not an empty folder"):
        write_demo(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PermanentError, match="cannot be written"):
        write_demo(tmp_path / "file" / "demo")


@pytest.mark.parametrize("existed", [True, False])
def test_without_git_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existed: bool
) -> None:
    folder = tmp_path / "demo"
    if existed:
        folder.mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(PermanentError, match="git is not installed"):
        write_demo(folder)
    assert folder.exists() == existed
    assert not existed or not list(folder.iterdir())


def test_every_file_parses(demo: Path) -> None:
    read = 0
    for path, (_, content) in files_of(demo).items():
        text = content.decode()
        if path.endswith((".yaml", ".yml")):
            assert list(yaml.safe_load_all(text)), path
        elif path.endswith(".json"):
            assert json.loads(text), path
        elif path.endswith(".toml"):
            assert tomllib.loads(text), path
        else:
            continue
        read += 1
    assert read > 150
    assert compileall.compile_dir(demo / "mesh", quiet=2, force=True, legacy=False)


def test_scripts_are_programs_and_valid(demo: Path) -> None:
    scripts = sorted((demo / "mesh/scripts").glob("*.sh"))
    assert len(scripts) == 12
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)
        assert script.name == "tierline.sh" or os.access(script, os.X_OK)


def test_the_mesh_is_read_without_a_defect(demo: Path) -> None:
    mesh = load_mesh(demo / "mesh")
    assert mesh.defects == ()
    assert len(mesh.services) == 14
    assert {service.tier for service in mesh.services.values()} == {0, 1, 2}
    assert len({service.domain for service in mesh.services.values()}) == 6
    assert {e for service in mesh.services.values() for e in service.externals} == set(EXTERNALS)
    assert set(mesh.graph.levels.values()) == {0, 1, 2, 3, 4}
    assert [(i.service_id, i.because) for i in mesh.graph.inversions] == [
        ("M12-Alert-Center-Service", "M01-Authentication-Service")
    ]
    listed = [entry.service_id for entry in mesh.implemented or ()]
    assert listed == list(mesh.services)
    workers = [s.short_id for s in mesh.services.values() if len(s.workloads) == 2]
    assert workers == ["M03", "M06", "M12"]


@pytest.mark.parametrize(
    ("script", "damage", "code"),
    [
        ("generate-mesh-index.sh --root-path mesh --check", "", 0),
        ("validate-mesh-structure.sh --root-path mesh", "", 0),
        ("run-mesh-gates.sh", "", 0),
        ("gate-mesh1.sh", "", 0),
        ("generate-mesh-index.sh --check", "mesh/services/services-index.yaml", 1),
        ("validate-mesh-structure.sh", "mesh/README.md", 1),
        ("run-mesh-gates.sh", "mesh/README.md", 1),
        ("run-mesh-gates.sh --root-path nowhere", "", 2),
        ("run-mesh-gates.sh --no-such-option", "", 2),
    ],
)
def test_scripts_say_what_tierline_says(
    tmp_path: Path, script: str, damage: str, code: int
) -> None:
    write_demo(tmp_path / "demo")
    if damage:
        (tmp_path / "demo" / damage).write_text("")
    name, *arguments = script.split()
    done = subprocess.run(
        ["bash", f"mesh/scripts/{name}", *arguments],
        cwd=tmp_path / "demo",
        env={**os.environ, "TIERLINE": str(Path(sys.executable).with_name("tierline"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr


def test_a_missing_tierline_is_a_tool_error(demo: Path) -> None:
    done = subprocess.run(
        ["bash", "mesh/scripts/run-mesh-gates.sh"],
        cwd=demo,
        env={**os.environ, "TIERLINE": "no-such-tool"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no-such-tool is not installed" in done.stderr


@pytest.mark.slow
@pytest.mark.required("make")
def test_the_services_own_tests_pass(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo")
    homes = sorted((tmp_path / "demo/mesh/services").glob("*/*"))
    assert len(homes) == 14
    for home in homes:
        done = subprocess.run(
            ["make", "--silent", "test", f"PYTHON={sys.executable}"],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{home.name}\n{done.stdout}{done.stderr}"
        assert done.stderr.count("\nOK\n") == 3, home.name
    assert git(tmp_path / "demo", "status", "--porcelain") == ""
