"""Breaking a service: a committed edit of its own files, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tierline.errors import UsageError
from tierline.scaffold.breaks import MODES, break_service
from tierline.scaffold.demo import write_demo
from tierline.scaffold.repository import make_repository

pytestmark = pytest.mark.required("git")

GO_MESH = Path(__file__).resolve().parents[2] / "meshes/go-mesh"
OWN = {
    "config": "configs/default.yaml",
    "telemetry": "internal/app/bootstrap/",
}
MESHES = ("demo", "go")
HOMES = {
    "demo": "mesh/services/core-platform/M03-notification-service/",
    "go": "mesh/services/data-ai/M04-report-service/",
}
SERVICES = {"demo": "M03-Notification-Service", "go": "M04-Report-Service"}


@pytest.fixture
def meshes(tmp_path: Path) -> dict[str, Path]:
    write_demo(tmp_path / "demo")
    shutil.copytree(GO_MESH, tmp_path / "go")
    make_repository(tmp_path / "go", "A mesh")
    return {name: tmp_path / name for name in MESHES}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_there_are_ten_modes() -> None:
    names = "build boot config health dependency telemetry slow exit port flap"
    assert tuple(names.split()) == MODES


@pytest.mark.parametrize("mesh", MESHES)
@pytest.mark.parametrize("mode", MODES)
def test_a_break_commits_one_file_of_the_service(
    meshes: dict[str, Path], mesh: str, mode: str
) -> None:
    folder = meshes[mesh]
    (folder / "mesh/README.md").write_text("somebody is in the middle of this\n")
    (folder / "mesh/new.md").write_text("and of this\n")
    git(folder, "add", "mesh/new.md")
    commit = break_service(folder, SERVICES[mesh], mode)
    assert commit == git(folder, "rev-parse", "HEAD").strip()
    assert git(folder, "log", "-1", "--format=%s").strip() == f"Break {SERVICES[mesh]}: {mode}"
    changed = git(folder, "diff", "--name-only", "HEAD~1", "HEAD").splitlines()
    assert len(changed) == 1
    assert changed[0].startswith(HOMES[mesh] + OWN.get(mode, "cmd/api/main."))
    assert git(folder, "status", "--porcelain").splitlines() == [
        " M mesh/README.md",
        "A  mesh/new.md",
    ]


def test_reverting_the_commit_mends_it(meshes: dict[str, Path]) -> None:
    folder = meshes["demo"]
    before = git(folder, "rev-parse", "HEAD^{tree}")
    break_service(folder, "M03", "health")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "revert", "--no-edit", "HEAD")
    assert git(folder, "rev-parse", "HEAD^{tree}") == before


def test_a_service_can_be_broken_again_in_another_way(meshes: dict[str, Path]) -> None:
    assert break_service(meshes["demo"], "M03", "health") != break_service(
        meshes["demo"], "M03", "exit"
    )


def test_the_mesh_root_serves_as_well(meshes: dict[str, Path]) -> None:
    break_service(meshes["go"] / "mesh", "M04", "boot")
    changed = git(meshes["go"], "diff", "--name-only", "HEAD~1", "HEAD").split()
    assert changed == [HOMES["go"] + "cmd/api/main.go"]


@pytest.mark.parametrize(
    ("service", "mode", "code", "fix"),
    [
        ("M02-Profil-Service", "boot", "break/service", "M02-Profile-Service"),
        ("../../etc", "boot", "break/service", ""),
        ("M02", "helth", "break/mode", "health"),
        ("M10", "dependency", "break/no-owner", "M01-Authentication-Service"),
    ],
)
def test_what_cannot_be_broken_is_said(
    meshes: dict[str, Path], service: str, mode: str, code: str, fix: str
) -> None:
    before = git(meshes["demo"], "rev-parse", "HEAD")
    with pytest.raises(UsageError) as refused:
        break_service(meshes["demo"], service, mode)
    assert refused.value.code == code
    assert fix in refused.value.fix
    assert git(meshes["demo"], "rev-parse", "HEAD") == before


def test_a_program_that_was_rewritten_is_not_broken(meshes: dict[str, Path]) -> None:
    main = meshes["demo"] / HOMES["demo"] / "cmd/api/main.py"
    main.write_text("print('hello')\n")
    with pytest.raises(UsageError, match="does not have the lines"):
        break_service(meshes["demo"], "M03", "health")
    assert main.read_text() == "print('hello')\n"


def test_a_folder_without_a_mesh_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no mesh"):
        break_service(tmp_path, "M03", "health")
