"""A Docker engine for tests: one a session, made where the machine can host it; see tools/beds.

Where it cannot, tests are skipped with the reason, and with TIERLINE_TEST_REQUIRE=1 they fail.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from beds import places
from beds.docker import bed
from beds.failure import CannotHostError

REQUIRE = "TIERLINE_TEST_REQUIRE"


@dataclass(frozen=True)
class Engine:
    """A running engine, in the folder of its bed."""

    folder: Path

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that lead there."""
        return bed.variables(self.folder)

    @property
    def socket(self) -> Path:
        """Its API."""
        return self.folder / "docker.sock"

    def docker(self, *words: str) -> str:
        """What docker prints."""
        done = subprocess.run(
            ["docker", *words],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def docker_engine() -> Generator[Engine]:
    """An engine with the base images of the bed and nothing else."""
    with an_engine() as engine:
        yield engine


@contextmanager
def an_engine() -> Generator[Engine]:
    """An engine of this test process, taken down at the end."""
    reason = cannot_have()
    if reason and os.environ.get(REQUIRE):
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)
    for left in places.abandoned():
        if places.facts(left).get("kind") == bed.KIND:
            bed.down(left)
    name = f"test-{os.getpid()}-{uuid.uuid4().hex[:4]}"
    bed.up(name, owner=os.getpid())
    folder = places.folder_of(name)
    try:
        yield Engine(folder)
    finally:
        bed.down(folder)


def cannot_have() -> str:
    """Why there can be no engine now; empty where there can."""
    try:
        missing = bed.missing()
    except CannotHostError as error:
        return str(error)
    return f"not built yet: {', '.join(missing)}; python tools/beds docker build" if missing else ""
