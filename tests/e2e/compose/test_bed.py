"""The Docker bed itself: engines stand side by side, and leave nothing behind when they end."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from beds import processes

from docker_bed import Engine, an_engine


@pytest.mark.parametrize(
    ("image", "words", "said"),
    [
        ("python:3.12-slim", ["python3", "-c", "import ssl, sqlite3; print('well')"], "well"),
        ("golang:1.26", ["go", "version"], "go version go"),
        ("redis:7", ["redis-server", "--version"], "Redis server"),
        ("postgres:15", ["/usr/lib/postgresql/15/bin/postgres", "--version"], "(PostgreSQL) 15"),
    ],
)
def test_its_images_run(docker_engine: Engine, image: str, words: list[str], said: str) -> None:
    assert said in docker_engine.docker("run", "--rm", image, *words)


def test_it_has_compose(docker_engine: Engine) -> None:
    assert "v2.40.3" in docker_engine.docker("compose", "version")


def test_engines_stand_side_by_side_and_leave_nothing(docker_engine: Engine) -> None:
    with an_engine() as other:
        other.docker("network", "create", "only-here")
        other.docker("run", "--detach", "--network", "only-here", "redis:7")
        assert "only-here" not in docker_engine.docker("network", "ls")
        assert docker_engine.docker("ps", "--quiet") == ""
        folder = other.folder
        bridges = _links()
    assert not folder.exists()
    assert list(processes.marked(folder)) == []
    assert str(folder) not in Path("/proc/self/mounts").read_text()
    assert len(_links()) < len(bridges)
    assert docker_engine.docker("version", "--format", "{{.Server.Version}}")


def _links() -> list[str]:
    shown = subprocess.run(
        ["ip", "-o", "link", "show", "type", "bridge"], capture_output=True, text=True, check=True
    )
    return shown.stdout.splitlines()
