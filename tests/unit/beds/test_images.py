"""Images are made of files alone: the same files, the same digest."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from beds.kube.images import Image, Recipe, digest_of, make


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A program and a folder with a configuration and a link out."""
    folder = tmp_path / "files"
    (folder / "configs" / "deep").mkdir(parents=True)
    (folder / "program").write_text("run me")
    (folder / "program").chmod(0o700)
    (folder / "configs" / "deep" / "default.yaml").write_text("a: b")
    (folder / "configs" / "out").symlink_to("/etc/passwd")
    return folder


def made(files: Path) -> Image:
    places = {"/bin/api": files / "program", "/configs": files / "configs"}
    return make(Recipe(places, ["/bin/api"], labels={"who": "me"}, environment={"A": "b"}))


def test_an_image_holds_its_files_and_nothing_of_the_machine(files: Path) -> None:
    manifest = json.loads(made(files).manifest)
    layer = made(files).blobs[manifest["layers"][0]["digest"]]
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        seen = [(m.name, oct(m.mode), m.uid, m.mtime, m.isdir()) for m in archive]
    assert seen == [
        ("bin", "0o755", 0, 0, True),
        ("bin/api", "0o755", 0, 0, False),
        ("configs", "0o755", 0, 0, True),
        ("configs/deep", "0o755", 0, 0, True),
        ("configs/deep/default.yaml", "0o644", 0, 0, False),
    ]


def test_the_same_files_make_the_same_image(files: Path) -> None:
    before = made(files)
    os.utime(files / "program", (1, 1))
    assert made(files).digest == before.digest
    (files / "program").write_text("run me too")
    assert made(files).digest != before.digest


def test_the_configuration_says_how_it_starts(files: Path) -> None:
    image = made(files)
    told = json.loads(image.blobs[json.loads(image.manifest)["config"]["digest"]])
    assert told["config"] == {
        "Entrypoint": ["/bin/api"],
        "WorkingDir": "/",
        "Env": ["A=b"],
        "Labels": {"who": "me"},
        "User": "65534:65534",
    }


def test_a_base_is_the_layer_below(files: Path, tmp_path: Path) -> None:
    base = tmp_path / "base.tar"
    with tarfile.open(base, "w") as archive:
        archive.addfile(tarfile.TarInfo("etc"))
    image = make(Recipe({"/api": files / "program"}, ["/api"], base=base))
    lower, _ = json.loads(image.manifest)["layers"]
    assert lower["digest"] == digest_of(base.read_bytes())
