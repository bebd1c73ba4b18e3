"""Which revisions stay: the newest, what was started last, what a plan would go back to."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from made.conducting import plan_for
from tierline.rollback.foresight import Before, Foresight
from tierline.targets.compose.model import Staged
from tierline.targets.compose.stage import Stages
from tierline.targets.keeping import Keeping
from tierline.targets.kubernetes.bundles import Bundle, Bundles

Shelf = Bundles | Stages


def keep(shelf: Shelf, revision: str) -> None:
    """Keep a revision of M01."""
    if isinstance(shelf, Bundles):
        shelf.keep(Bundle("M01", revision, ()))
    else:
        shelf.keep(Staged("M01", revision, (), {}))


def start(shelf: Shelf, revision: str) -> None:
    """Note that it was started."""
    if isinstance(shelf, Bundles):
        shelf.started(Bundle("M01", revision, ()))
    else:
        shelf.started(Staged("M01", revision, (), {}))


def age(folder: Path) -> None:
    """Each file seems older by a while."""
    for file in (folder / "M01").iterdir():
        told = file.stat().st_mtime - 100
        os.utime(file, (told, told))


@pytest.mark.parametrize("kind", [Bundles, Stages])
def test_the_oldest_goes_unless_it_was_started_or_is_gone_back_to(
    kind: type[Bundles] | type[Stages], tmp_path: Path
) -> None:
    shelf = kind(tmp_path, Keeping(2))
    before = {"M01": Before("r0", "")}
    shelf.keeping.protect(replace(plan_for({"M01": ()}), foresight=Foresight(before=before)))
    for number in range(3):
        keep(shelf, f"r{number}")
        age(tmp_path)
    start(shelf, "r1")
    age(tmp_path)
    keep(shelf, "r3")
    kept = {f"r{n}" for n in range(4) if shelf.find("M01", f"r{n}") is not None}
    assert kept == {"r0", "r1", "r3"}
