"""A shop with evidence of one service, M11, made once; tests get copies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cli.shop import Shop, make_shop
from tierline.scaffold.demo import write_demo

FOLDERS = ("state", "config")


def at_home(shop: Shop) -> Shop:
    """The same with folders of its own for state and keys."""
    for name in FOLDERS:
        (shop.base / name).mkdir(mode=0o700, exist_ok=True)
    return shop.under(
        XDG_STATE_HOME=str(shop.base / "state"), XDG_CONFIG_HOME=str(shop.base / "config")
    )


@pytest.fixture(scope="session")
def made() -> Iterator[Shop]:
    """Nobody changes this one."""
    base = Path(tempfile.mkdtemp(prefix="te-"))
    write_demo(base / "demo")
    shop = at_home(make_shop(base / "demo", base))
    told = shop.tell("test", "M11", "--format", "json", "--for", "stage")
    assert told.code == 0, told
    yield shop
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def tested(made: Shop) -> Iterator[Shop]:
    """A copy with its evidence, for a test to ruin."""
    base = Path(tempfile.mkdtemp(prefix="te-"))
    shop = make_shop(made.folder, base)
    for name in FOLDERS:
        shutil.copytree(made.base / name, base / name)
    yield at_home(shop)
    shutil.rmtree(base, ignore_errors=True)
