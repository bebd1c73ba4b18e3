"""Shops: copies of one demo mesh that is made once for all tests of the command line."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cli.shop import Shop, make_shop
from tierline.scaffold.demo import write_demo


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """A demo mesh that nobody changes."""
    folder = Path(tempfile.mkdtemp(prefix="tc-"))
    write_demo(folder / "demo")
    yield folder / "demo"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shop(template: Path) -> Iterator[Shop]:
    """A shop that a test may ruin."""
    base = Path(tempfile.mkdtemp(prefix="tc-"))
    yield make_shop(template, base)
    shutil.rmtree(base, ignore_errors=True)
