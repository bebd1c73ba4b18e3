"""Going back on a real engine: the containers of before return, from images that are still there."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from docker_bed import Engine
from e2e import retreat
from e2e.compose.released import POLICY, Released
from tierline.scaffold.demo import write_demo

pytestmark = pytest.mark.required("git")


@dataclass(frozen=True)
class GoingBack(Released):
    """The demo mesh in an environment that rolls back by itself."""

    policy: str = POLICY + 'on_failure = "rollback"\n'

    @property
    def mesh(self) -> Path:
        """The mesh itself."""
        return self.folder / "mesh"

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Only what M02 needs is released."""
        return self.start("rollout", "--yes", retreat.SELECTION, *words)

    def release(self, *words: str) -> tuple[int, dict[str, Any]]:
        """To its end."""
        return self.rollout(retreat.SELECTION, *words)

    def running(self) -> dict[str, str]:
        """By what the engine says, not by what tierline does: service -> image."""
        assert self.engine is not None
        form = '{{index .Config.Labels "dev.tierline.service"}} {{.Image}}'
        lines = self.engine.docker("inspect", "--format", form, *self.containers()).splitlines()
        return {name: image for name, _, image in (line.partition(" ") for line in lines) if name}


@pytest.fixture(scope="module")
def place(docker_engine: Engine) -> Iterator[GoingBack]:
    """The demo mesh, released once with a failure in its last batch, and then mended."""
    base = Path(tempfile.mkdtemp(prefix="tb-"))
    found = GoingBack(base / "shop", base, engine=docker_engine)
    write_demo(found.folder)
    retreat.what_never_ran_is_stopped(found)
    yield found
    assert found.run("down", "--yes").returncode == 0
    shutil.rmtree(base, ignore_errors=True)


def test_images_of_before_return_also_after_kill_9(place: GoingBack) -> None:
    retreat.one_is_taken_along_also_after_kill_9(place)


def test_a_destructive_migration_is_refused_with_the_chain(place: GoingBack) -> None:
    retreat.a_destructive_migration_keeps_it(place)
