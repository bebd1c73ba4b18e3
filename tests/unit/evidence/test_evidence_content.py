"""Digests of files and folders: what moves them, what does not, what is unknown."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tierline.evidence.content import MISSING, Content
from tierline.facts.revision import UNKNOWN


def filled(root: Path) -> Path:
    for path, text in {"s/a.go": "package a\n", "s/b/c.go": "package c\n", "x/d": "d"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def edit(root: Path) -> None:
    (root / "s/a.go").write_text("package b\n")


def rename(root: Path) -> None:
    (root / "s/a.go").rename(root / "s/z.go")


def move_down(root: Path) -> None:
    (root / "s/a.go").rename(root / "s/b/a.go")


def make_executable(root: Path) -> None:
    (root / "s/a.go").chmod(0o755)


def add_empty(root: Path) -> None:
    (root / "s/.gitkeep").touch()


def link(root: Path) -> None:
    (root / "s/link").symlink_to("a.go")


def split(root: Path) -> None:
    """The same bytes in the same order, cut elsewhere."""
    (root / "s/a.go").write_text("package ")
    (root / "s/a.goa").write_text("\n")


@pytest.mark.parametrize(
    "change", [edit, rename, move_down, make_executable, add_empty, link, split]
)
def test_what_a_tree_is_made_of_moves_its_digest(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    before = Content.below(filled(tmp_path)).tree("s")
    change(tmp_path)
    assert Content.below(tmp_path).tree("s") != before


def touch(root: Path) -> None:
    os.utime(root / "s/a.go", (1, 1))


def leave_caches(root: Path) -> None:
    for folder in (".git", "__pycache__", "node_modules", ".venv"):
        (root / "s" / folder).mkdir()
        (root / "s" / folder / "x").write_text("x")
    (root / "s/b/c.pyc").write_text("x")


def make_empty_folder(root: Path) -> None:
    (root / "s/empty/inner").mkdir(parents=True)


def edit_elsewhere(root: Path) -> None:
    (root / "x/d").write_text("e")


@pytest.mark.parametrize("change", [touch, leave_caches, make_empty_folder, edit_elsewhere])
def test_all_else_leaves_the_digest(tmp_path: Path, change: Callable[[Path], None]) -> None:
    before = Content.below(filled(tmp_path)).tree("s")
    change(tmp_path)
    assert Content.below(tmp_path).tree("s") == before


def test_a_folder_at_another_place_has_the_same_digest(tmp_path: Path) -> None:
    one = filled(tmp_path / "one")
    other = filled(tmp_path / "an other")
    assert Content.below(one).tree("s") == Content.below(other).tree("s")


def test_a_link_inside_the_mesh_counts_with_what_it_names(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "s/file").symlink_to("../x/d")
    (tmp_path / "s/folder").symlink_to("../x")
    before = Content.below(tmp_path).tree("s")
    (tmp_path / "x/d").write_text("e")
    assert Content.below(tmp_path).tree("s") not in {before, UNKNOWN}


def test_a_link_that_leaves_the_mesh_is_its_text_and_never_read(tmp_path: Path) -> None:
    root = filled(tmp_path / "mesh")
    outside = tmp_path / "secret"
    outside.write_text("one")
    (root / "s/out").symlink_to("../../secret")
    before = Content.below(root).tree("s")
    outside.write_text("two")
    assert Content.below(root).tree("s") == before
    (root / "s/out").unlink()
    (root / "s/out").symlink_to("../../other")
    assert Content.below(root).tree("s") != before


def test_what_cannot_be_told_is_unknown(tmp_path: Path) -> None:
    root = filled(tmp_path / "mesh")
    (root / "s/loop").symlink_to(".")
    (root / "away").symlink_to("..")
    content = Content.below(root)
    assert content.tree("s") == UNKNOWN
    assert content.tree("..") == UNKNOWN
    assert content.tree("away") == UNKNOWN
    assert content.file("../mesh2/x") == UNKNOWN
    assert content.file("s") == UNKNOWN
    assert content.read("away/mesh2") is None


def test_an_unreadable_file_makes_the_tree_unknown(ordinary: Path) -> None:
    (filled(ordinary) / "s/a.go").chmod(0)
    assert Content.below(ordinary).tree("s") == UNKNOWN


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    content = Content.below(filled(tmp_path))
    assert content.tree("none") == MISSING
    assert content.file("none/file") == MISSING
    assert content.file("s/a.go/file") == MISSING


def test_a_pipe_is_named_and_not_read(tmp_path: Path) -> None:
    before = Content.below(filled(tmp_path)).tree("s")
    os.mkfifo(tmp_path / "s/pipe")
    assert Content.below(tmp_path).tree("s") not in {before, UNKNOWN}


def test_names_that_are_not_text_count(tmp_path: Path) -> None:
    before = Content.below(filled(tmp_path)).tree("s")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/s/\xff")).touch()
    assert Content.below(tmp_path).tree("s") not in {before, UNKNOWN}


def test_a_file_is_read_again_only_after_it_changed(tmp_path: Path) -> None:
    content = Content.below(filled(tmp_path))
    before = content.file("s/a.go")
    assert content.file("s/a.go") == before
    (tmp_path / "s/a.go").write_text("package longer\n")
    assert content.file("s/a.go") != before
