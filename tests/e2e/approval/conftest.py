"""A shop with a production environment, and people in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.approval.people import People, make_people
from e2e.cli.shop import make_shop
from tierline.scaffold.demo import write_demo

NAMES = ("ada", "eve", "carl", "mallory", "nobody-knows")


@pytest.fixture(scope="session")
def made() -> Iterator[People]:
    """A shop that nobody changes: ada and eve may approve, eve wrote M11, carl's key is trusted."""
    base = Path(tempfile.mkdtemp(prefix="ta-"))
    write_demo(base / "demo")
    yield make_people(make_shop(base / "demo", base / "b"), NAMES)
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def people(made: People) -> Iterator[People]:
    """The same for a test to change, with machines of its own."""
    base = Path(tempfile.mkdtemp(prefix="ta-"))
    shop = make_shop(made.shop.folder, base)
    shutil.copytree(made.shop.base / "keys", base / "keys")
    (base / "keys" / "ops").mkdir(mode=0o700)
    mine = People(shop, made.keys)
    mine.policy("ada", "eve", "carl")
    yield mine
    mine.tell("ops", "down", "--yes", "--env", "prod")
    shutil.rmtree(base, ignore_errors=True)
