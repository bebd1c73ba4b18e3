"""Trees of real folders, some of them hostile."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tierline.errors import PermanentError
from tierline.evidence import tree as tree_module
from tierline.evidence.tree import FILE_LIMIT, read_regular, read_tree
from tierline.mesh.tree import Entry, Kind


def everything(_path: str) -> bool:
    return True


def nothing(_path: str) -> bool:
    return False


def test_paths_in_order_and_only_wanted_contents(tmp_path: Path):
    (tmp_path / "b/c").mkdir(parents=True)
    (tmp_path / "b/c/d.txt").write_bytes(b"dd")
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").touch()
    (tmp_path / "b-c").touch()
    tree = read_tree(tmp_path, "mesh", lambda path: path == "b/c/d.txt")
    assert list(tree.entries) == ["a.txt", "b", "b-c", "b/c", "b/c/d.txt"]
    assert tree.entries["b/c/d.txt"] == Entry(Kind.FILE, 2, b"dd")
    assert tree.entries["a.txt"] == Entry(Kind.FILE, 1)
    assert tree.entries["b"] == Entry(Kind.FOLDER)
    assert tree.shown("a.txt") == "mesh/a.txt"


def test_links_are_followed_inside_only(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("password")
    root = tmp_path / "mesh"
    (root / "real").mkdir(parents=True)
    (root / "real/file").write_text("inside")
    (root / "to-file").symlink_to("real/file")
    (root / "to-folder").symlink_to("real")
    (root / "absolute").symlink_to(secret)
    (root / "relative").symlink_to("../secret")
    (root / "sibling").symlink_to("../mesh-other")
    (root / "chain").symlink_to("relative")
    (root / "dangling").symlink_to("nowhere")
    (root / "to-root").symlink_to("/")
    entries = read_tree(root, "mesh", everything).entries
    assert entries["to-file"] == Entry(Kind.FILE, 6, b"inside")
    assert entries["to-folder"] == Entry(Kind.FOLDER)
    assert entries["to-folder/file"].content == b"inside"
    for name in ("absolute", "relative", "sibling", "chain", "to-root"):
        assert entries[name] == Entry(Kind.ESCAPE)
    assert entries["dangling"].kind is Kind.UNREADABLE
    assert not any(entry.content == b"password" for entry in entries.values())
    assert not any(path.startswith("to-root/") for path in entries)


def test_links_in_a_circle_end(tmp_path: Path):
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/up").symlink_to("..")
    (tmp_path / "a/b/top").symlink_to("../..")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "x").mkdir()
    (tmp_path / "y").mkdir()
    (tmp_path / "x/y").symlink_to("../y")
    (tmp_path / "y/x").symlink_to("../x")
    entries = read_tree(tmp_path, "mesh", everything).entries
    assert entries["a/b/up"].kind is Kind.OTHER
    assert entries["a/b/top"].kind is Kind.OTHER
    assert entries["self"].kind is Kind.UNREADABLE
    assert entries["x/y"].kind is Kind.FOLDER
    assert max(path.count("/") for path in entries) < 4


def test_links_that_multiply_a_tree_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tree_module, "LINKED_LIMIT", 500)
    for level in range(12):
        (tmp_path / f"l{level}").mkdir()
        for way in range(3):
            (tmp_path / f"l{level}/w{way}").symlink_to(f"../l{level + 1}")
    (tmp_path / "l12").mkdir()
    entries = read_tree(tmp_path, "mesh", nothing).entries
    assert len(entries) < 5000
    assert any(entry.trouble == "nested too deep" for entry in entries.values())


def test_what_is_no_regular_file_is_never_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "socket"))
        entries = read_tree(tmp_path, "mesh", everything).entries
    assert entries["pipe"].kind is entries["socket"].kind is Kind.OTHER
    with pytest.raises(OSError, match="regular"):
        read_regular(tmp_path / "pipe", 10)


def test_large_files_are_not_read(tmp_path: Path):
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    entry = read_tree(tmp_path, "mesh", everything).entries["large.yaml"]
    assert (entry.kind, entry.content, entry.size) == (Kind.FILE, None, 100 * 1024 * 1024)
    assert str(FILE_LIMIT) in entry.trouble


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tree_module, "TOTAL_LIMIT", 5)
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"1234")
    entries = read_tree(tmp_path, "mesh", everything).entries
    assert sorted(entry.content is None for entry in entries.values()) == [False, True]


def test_names_that_a_terminal_would_act_on(tmp_path: Path):
    (tmp_path / "a\x1b[31m").mkdir()
    (tmp_path / "a\x1b[31m/inner").touch()
    (tmp_path / os.fsdecode(b"bad\xff")).mkdir()
    (tmp_path / "line\nfeed").touch()
    (tmp_path / "é ü").touch()
    entries = read_tree(tmp_path, "mesh", everything).entries
    assert list(entries) == ["a\\x1b[31m", "bad\\udcff", "line\\nfeed", "é ü"]
    assert all("control" in entries[path].trouble for path in list(entries)[:3])
    assert all(path.isprintable() for path in entries)


def test_what_we_may_not_read(ordinary: Path):
    (ordinary / "folder").mkdir(mode=0)
    (ordinary / "file").touch(mode=0)
    try:
        entries = read_tree(ordinary, "mesh", everything).entries
    finally:
        (ordinary / "folder").chmod(0o700)
    assert {entries["folder"].kind, entries["file"].kind} == {Kind.UNREADABLE}
    assert entries["file"].trouble == "Permission denied"


def test_deep_folders_end(tmp_path: Path):
    folder = tmp_path
    for _ in range(80):
        folder /= "d"
        folder.mkdir()
    entries = read_tree(tmp_path, "mesh", nothing).entries
    assert len(entries) == 65
    assert entries["/".join("d" * 65)].trouble == "nested too deep"


def test_a_root_that_cannot_be_listed(tmp_path: Path):
    with pytest.raises(PermanentError) as caught:
        read_tree(tmp_path / "nowhere", "mesh", nothing)
    assert caught.value.code == "structure/unreadable"


def test_too_many_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tree_module, "ENTRY_LIMIT", 2)
    for name in "abc":
        (tmp_path / name).touch()
    with pytest.raises(PermanentError, match="more than 2 paths"):
        read_tree(tmp_path, "mesh", nothing)
