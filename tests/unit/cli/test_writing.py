"""Files that people ask for: whole, and never through a link that a hostile mesh laid in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.cli.writing import write_file
from tierline.errors import UsageError


def test_a_link_in_the_place_of_the_part_is_not_written_through(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("precious")
    mesh = tmp_path / "mesh"
    mesh.mkdir()
    (mesh / ".plan.json.part").symlink_to(mine)
    write_file(mesh / "plan.json", "{}\n")
    assert mine.read_text() == "precious"
    assert (mesh / "plan.json").read_text() == "{}\n"
    assert not (mesh / "plan.json").is_symlink()
    assert [one.name for one in mesh.iterdir()] == ["plan.json"]


def test_a_link_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    mine, file = tmp_path / "mine", tmp_path / "mesh" / "plan.json"
    mine.write_text("precious")
    file.parent.mkdir()
    file.symlink_to(mine)
    with pytest.raises(UsageError, match=f"{file} is a link to {mine}"):
        write_file(file, "{}\n")
    assert mine.read_text() == "precious"
    assert file.is_symlink()


def test_a_link_to_a_device_is_written_to(tmp_path: Path) -> None:
    file = tmp_path / "nowhere"
    file.symlink_to("/dev/null")
    write_file(file, "{}\n")
    assert file.is_symlink()
