"""Staged revisions: whole or not there, inside their folder, bounded in number."""

import os

import pytest

from tierline.errors import PermanentError
from tierline.evidence.content import IGNORED, Content
from tierline.targets.keeping import KEPT
from tierline.targets.local.stage import Staged, StagedWorkload, Stages, copy_folders


def staged(revision="r1"):
    return Staged(
        "M01-Auth",
        revision,
        "services/a/m01",
        (StagedWorkload("api", ("run", "it"), {"A": "b"}),),
        owners=("M02-X",),
        pointed={"bus_url": "M10-Bus"},
        declared={"http": 8080},
        serves_http=True,
        shown_config="mesh/x.yaml",
        safe_paths=("/v1/users",),
    )


def fill(stages, one):
    filling = stages.begin(one.service_id, one.revision)
    (filling / "default.yaml").write_text("a: 1\n")
    return filling


def test_a_revision_appears_whole_and_comes_back_equal(tmp_path):
    stages = Stages(tmp_path)
    filling = fill(stages, staged())
    assert stages.find("M01-Auth", "r1") is None
    stages.finish(filling, staged())
    assert stages.find("M01-Auth", "r1") == staged()
    assert stages.template(staged()) == "a: 1\n"
    assert not filling.exists()


def test_the_first_of_two_with_one_revision_wins(tmp_path):
    stages = Stages(tmp_path)
    first, second = fill(stages, staged()), fill(stages, staged())
    stages.finish(first, staged())
    (second / "default.yaml").write_text("b: 2\n")
    stages.finish(second, staged())
    assert stages.template(staged()) == "a: 1\n"
    assert [child.name for child in (tmp_path / "M01-Auth").iterdir()] == ["r1"]


def test_old_revisions_go_but_never_the_one_started_last(tmp_path):
    stages = Stages(tmp_path)
    for number in range(KEPT + 3):
        one = staged(f"r{number}")
        stages.finish(fill(stages, one), one)
        if number == 0:
            stages.started(one)
        os.utime(stages.folder("M01-Auth", f"r{number}"), (number, number))
    left = {child.name for child in (tmp_path / "M01-Auth").iterdir()} - {".last-started"}
    assert {"r0", f"r{KEPT + 2}"} <= left
    assert "r1" not in left


def test_leftovers_of_dead_processes_are_removed(tmp_path):
    left = tmp_path / "M01-Auth" / ".filling-999999999-abc"
    left.mkdir(parents=True)
    Stages(tmp_path).begin("M01-Auth", "r1")
    assert not left.exists()


@pytest.mark.parametrize("name", ["..", "a/b", "", ".hidden", "x" * 200, "a\n"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path, name):
    with pytest.raises(PermanentError):
        Stages(tmp_path).folder(name, "r1")


def test_a_damaged_manifest_is_as_good_as_none(tmp_path):
    stages = Stages(tmp_path)
    stages.finish(fill(stages, staged()), staged())
    (tmp_path / "M01-Auth/r1/staged.json").write_text('{"service_id": 1')
    assert stages.find("M01-Auth", "r1") is None


def test_copies_follow_links_inside_the_mesh(tmp_path):
    root = tmp_path / "mesh"
    (root / "a").mkdir(parents=True)
    (root / "both").write_text("text")
    (root / "a/link").symlink_to("../both")
    (root / "a/__pycache__").mkdir()
    copy_folders(root, ["a"], tmp_path / "copy")
    copied = tmp_path / "copy/a/link"
    assert copied.read_text() == "text"
    assert not copied.is_symlink()
    assert not (tmp_path / "copy/a/__pycache__").exists()


@pytest.mark.parametrize("name", [*sorted(IGNORED - {"node_modules"}), "json.pyc"])
def test_what_no_revision_covers_is_not_staged(tmp_path, name):
    root, copy = tmp_path / "mesh", tmp_path / "copy"
    (root / "a/cmd").mkdir(parents=True)
    (root / "a/cmd/main.py").write_text("import json\n")
    before = Content.below(root).tree("a")
    (root / "a/cmd" / name).write_bytes(b"compiled by nobody knows whom")
    assert Content.below(root).tree("a") == before
    copy_folders(root, ["a"], copy)
    assert sorted(path.name for path in copy.rglob("*")) == ["a", "cmd", "main.py"]


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "/dev/null"])
def test_a_link_that_leaves_the_mesh_is_refused(tmp_path, target):
    root = tmp_path / "mesh"
    (root / "a").mkdir(parents=True)
    (tmp_path / "outside").write_text("secret")
    (root / "a/link").symlink_to(target)
    with pytest.raises(PermanentError) as caught:
        copy_folders(root, ["a"], tmp_path / "copy")
    assert caught.value.code == "build/escape"
    assert "secret" not in caught.value.message


def test_a_pipe_and_a_missing_folder_are_refused(tmp_path):
    root = tmp_path / "mesh"
    (root / "a").mkdir(parents=True)
    os.mkfifo(root / "a/pipe")
    with pytest.raises(PermanentError) as caught:
        copy_folders(root, ["a"], tmp_path / "copy")
    assert caught.value.code == "build/escape"
    with pytest.raises(PermanentError) as caught:
        copy_folders(root, ["b"], tmp_path / "copy")
    assert caught.value.code == "build/unreadable"


def test_a_loop_of_links_ends(tmp_path):
    root = tmp_path / "mesh"
    (root / "a").mkdir(parents=True)
    (root / "a/loop").symlink_to(".")
    with pytest.raises(PermanentError):
        copy_folders(root, ["a"], tmp_path / "copy")
