"""Files that people ask for: whole, and never through a link that a hostile mesh laid in the way."""

from __future__ import annotations

from pathlib import Path

from tierline.cli.writing import write_file


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
