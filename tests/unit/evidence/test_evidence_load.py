"""A mesh on a real disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from made.trees import IDS, sound_files
from tierline.errors import UsageError
from tierline.evidence.load import load, load_mesh


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "above it" / "mesh"
    for path, text in sound_files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def architecture(folder: Path) -> None:
    folder.mkdir(parents=True)
    listed = "".join(f"  {name}:\n    architecture: microservice\n" for name in IDS)
    (folder / "service-architecture-map.yaml").write_text(f"services:\n{listed}")


def test_a_sound_mesh(root: Path):
    mesh = load_mesh(root)
    assert mesh.defects == ()
    assert mesh.label == mesh.name == "mesh"
    assert tuple(mesh.services) == IDS
    assert mesh.canonical.architecture is None


def test_more_content_for_who_asks(root: Path):
    loaded = load(root, lambda path: path.endswith("main.go"))
    path = "services/data-ai/M03-profile-service/cmd/api/main.go"
    assert loaded.tree.entries[path].content == b"package main\n"
    assert load(root).tree.entries[path].content is None


@pytest.mark.parametrize(
    ("place", "label"),
    [("../viralForge/specs", "viralForge/specs"), ("viralForge/specs", "mesh/viralForge/specs")],
)
def test_inputs_beside_the_mesh_and_in_it(root: Path, place: str, label: str):
    architecture(root / place)
    loaded = load(root)
    assert loaded.canonical is not None
    assert loaded.canonical.label == label
    assert [d.code for d in loaded.mesh.defects] == ["owners/unknown"]


def test_inputs_where_the_settings_say(root: Path):
    architecture(root.parent / "specs" / "own")
    (root / "tierline.toml").write_text('[canonical]\nfolder = "specs/own"\n')
    loaded = load(root)
    assert loaded.canonical is not None
    assert loaded.canonical.label == "specs/own"
    (root / "tierline.toml").write_text('[canonical]\nfolder = "specs/other"\n')
    with pytest.raises(UsageError, match="specs/other"):
        load(root)


def test_inputs_that_lead_out_are_refused(root: Path):
    outside = root.parents[1] / "outside"
    architecture(outside)
    (root.parent / "specs").symlink_to(outside)
    (root / "tierline.toml").write_text('[canonical]\nfolder = "specs"\n')
    with pytest.raises(UsageError, match="leads out"):
        load(root)


def test_unusable_settings_stop_with_every_error(root: Path):
    (root / "tierline.toml").write_text("nmae = 'x'\nversion = 'one'\n")
    with pytest.raises(UsageError) as caught:
        load(root)
    assert "mesh/tierline.toml:1:1" in caught.value.message
    assert "mesh/tierline.toml:2:1" in caught.value.message
    assert caught.value.exit_code == 2


def test_settings_that_we_may_not_follow_stop_too(root: Path):
    (root / "tierline.toml").symlink_to("/etc/hostname")
    with pytest.raises(UsageError, match="leaves the mesh"):
        load(root)


def test_an_empty_folder(tmp_path: Path):
    mesh = load_mesh(tmp_path)
    assert mesh.services == {}
    assert "index/missing-file" in {d.code for d in mesh.defects}
