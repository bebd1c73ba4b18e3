"""Which folder is the mesh."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.errors import UsageError
from tierline.evidence.root import find_root


def make_mesh(folder: Path, *, scripts: bool = True) -> Path:
    (folder / "services").mkdir(parents=True)
    if scripts:
        (folder / "scripts").mkdir()
    else:
        (folder / "tierline.toml").touch()
    return folder


@pytest.mark.parametrize("scripts", [True, False])
def test_here_below_and_above(tmp_path: Path, scripts: bool):
    mesh = make_mesh(tmp_path / "a path with blanks" / "mesh", scripts=scripts)
    deep = mesh / "services/data-ai/M01-x/cmd"
    deep.mkdir(parents=True)
    assert find_root(mesh) == mesh
    assert find_root(mesh.parent) == mesh
    assert find_root(deep) == mesh


def test_a_stray_inner_mesh_does_not_win(tmp_path: Path):
    outer = make_mesh(tmp_path / "shop")
    make_mesh(outer / "mesh")
    assert find_root(outer) == outer


def test_services_alone_is_no_mesh(tmp_path: Path):
    (tmp_path / "services").mkdir()
    (tmp_path / "scripts").touch()
    with pytest.raises(UsageError) as caught:
        find_root(tmp_path)
    assert caught.value.code == "settings/no-mesh"
    assert str(tmp_path) in caught.value.message


def test_an_explicit_root_may_be_any_folder(tmp_path: Path):
    make_mesh(tmp_path)
    plain = tmp_path / "plain"
    plain.mkdir()
    assert find_root(tmp_path, plain) == plain
    assert find_root(tmp_path, Path("plain")) == plain
    assert find_root(plain, Path()) == plain
    assert find_root(plain, Path("..")) == tmp_path


def test_a_link_keeps_its_name_and_is_left_by_its_real_parent(tmp_path: Path):
    real = make_mesh(tmp_path / "elsewhere" / "real")
    (tmp_path / "mesh").symlink_to(real)
    assert find_root(tmp_path).name == "mesh"
    assert find_root(tmp_path, Path("mesh/..")) == (tmp_path / "elsewhere").resolve()


@pytest.mark.parametrize(
    ("path", "fact"),
    [("nowhere", "does not exist"), ("file", "is not a folder"), ("a\0b", "does not exist"),
     ("../a\0b", "is not a path"),
     ("loop", "does not exist"), ("x" * 5000, "cannot be read")],
)  # fmt: skip
def test_an_explicit_root_that_cannot_be_used(tmp_path: Path, path: str, fact: str):
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError) as caught:
        find_root(tmp_path, Path(path))
    assert fact in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.fix
