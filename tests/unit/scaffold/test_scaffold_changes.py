"""Several files are written, or none: whatever stands in the way, and whatever fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tierline.errors import PermanentError, UsageError
from tierline.scaffold.changes import Change, conflicts, make


def files(folder: Path) -> dict[str, str]:
    """Everything below a folder: path -> text, "/" for a folder."""
    return {
        str(path.relative_to(folder)): "/" if path.is_dir() else path.read_text()
        for path in sorted(folder.rglob("*"))
    }


def test_all_are_made_with_their_modes(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("a\n")
    (tmp_path / "list").chmod(0o600)
    make(
        [
            Change(tmp_path, "new/deep/run.sh", b"#!/bin/sh\n", executable=True),
            Change(tmp_path, "list", b"a\nb\n", b"a\n"),
        ]
    )
    assert files(tmp_path) == {
        "list": "a\nb\n",
        "new": "/",
        "new/deep": "/",
        "new/deep/run.sh": "#!/bin/sh\n",
    }
    assert (tmp_path / "list").stat().st_mode & 0o777 == 0o600
    assert os.access(tmp_path / "new/deep/run.sh", os.X_OK)


def test_every_conflict_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    mesh = tmp_path / "mesh"
    mesh.mkdir()
    (mesh / "there").write_text("x")
    (mesh / "list").write_text("theirs")
    (mesh / "file").write_text("x")
    (mesh / "way-out").symlink_to(outside)
    (mesh / "link").symlink_to(mesh / "list")
    before = sorted(tmp_path.rglob("*"))
    changes = [
        Change(mesh, "there", b""),
        Change(mesh, "list", b"new", b"ours"),
        Change(mesh, "gone", b"new", b"old"),
        Change(mesh, "file/below", b""),
        Change(mesh, "way-out/escaped", b""),
        Change(mesh, "link", b"new", b"theirs"),
        Change(mesh, "fine", b""),
    ]
    assert conflicts(changes) == (
        "there exists already",
        "list was changed meanwhile",
        "gone is no regular file (any more)",
        "file/below: file is a file",
        "way-out/escaped: way-out is a link, and nothing is written through one",
        "link is no regular file (any more)",
    )
    with pytest.raises(UsageError, match=r"there exists already\n.*changed meanwhile"):
        make(changes)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("closed", ["a", "z"])
def test_a_folder_that_may_not_be_written_leaves_all_as_it_was(ordinary: Path, closed: str) -> None:
    for name in "az":
        (ordinary / name).mkdir()
        (ordinary / name / "list").write_text(name)
    before = files(ordinary)
    (ordinary / closed).chmod(0o555)
    changes = [Change(ordinary, "new/file", b"x")]
    changes += [Change(ordinary, f"{name}/list", b"new", name.encode()) for name in "az"]
    with pytest.raises(PermanentError, match=r"nothing was written: .*Permission denied"):
        make(changes)
    (ordinary / closed).chmod(0o755)
    assert files(ordinary) == before


def test_a_failure_between_two_moves_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list").write_text("old")
    moves: list[Path] = []
    replace = Path.replace

    def third_fails(self: Path, target: Path) -> Path:
        moves.append(target)
        if len(moves) == 3:
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", third_fails)
    changes = [
        Change(tmp_path, "new/one", b"1"),
        Change(tmp_path, "list", b"new", b"old"),
        Change(tmp_path, "two", b"2"),
    ]
    with pytest.raises(PermanentError, match="No space left"):
        make(changes)
    assert files(tmp_path) == {"list": "old"}
