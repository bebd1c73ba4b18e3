"""Fields with the demo mesh and with the Go mesh."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.rollout.field import Field
from tierline.scaffold.demo import write_demo

GO_MESH = Path(__file__).parents[2] / "meshes" / "go-mesh"


@pytest.fixture
def base() -> Iterator[Path]:
    """A short path, because a unix socket's path has 107 characters at most."""
    folder = Path(tempfile.mkdtemp(prefix="tf-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def demo(base: Path) -> Iterator[Field]:
    """The demo mesh, its own state, stopped in the end."""
    field = Field(base / "mesh-of-demo", base)
    write_demo(field.folder)
    yield field
    field.down()


@pytest.fixture
def go_mesh(base: Path) -> Iterator[Field]:
    """A copy of the Go mesh as a repository of its own."""
    field = Field(base / "go", base)
    copy_go_mesh(field.folder)
    yield field
    field.down()


def copy_go_mesh(folder: Path) -> None:
    """The Go mesh of the tests in a fresh repository."""
    shutil.copytree(GO_MESH, folder)
    git = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", f"The Go mesh in {folder}"], check=True)
