"""Makes the images of a mesh's services and pushes them, as the mesh's CI would; writes what is where.

What it prints is a map of images as `--images` takes it: by the name that a service's manifests use,
the reference by digest and the source revision that it was built from, which is also in the image's
label `org.opencontainers.image.revision`.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from beds.builds import cache_folder
from beds.docker.images import BASES, archive_of
from beds.failure import BedError
from beds.kube.images import REVISION, Recipe, make
from beds.kube.registry import Registry
from tierline.evidence.load import load_mesh
from tierline.evidence.sources import Sources
from tierline.facts.images import bare_name
from tierline.mesh.model import Service

USER = "65532:65532"
"""whom the Dockerfiles of our meshes name"""


def push_all(root: Path, registry: str, base: Path | None = None) -> dict[str, Any]:
    """Build, push and map the images of every service in a mesh that has manifests.

    `base` is a tar archive with Python, for services in Python; by default one of Debian packages.
    """
    mesh = load_mesh(root)
    sources = Sources(root, mesh)
    images: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for service in mesh.services.values():
            names = set(names_in(root / service.path / "deploy" / "k8s"))
            if not names:
                continue
            source = sources.revision(service.service_id).source_id
            recipe = _recipe(root, service, Path(scratch, service.service_id), base)
            image = make(Recipe(**recipe, labels={REVISION: source}, user=USER))
            for name in names:
                reference = Registry(registry).push(name, image)
                images[name] = {"reference": reference, "source": source}
    return {"version": 1, "images": dict(sorted(images.items()))}


def names_in(manifests: Path) -> Iterator[str]:
    """The images that a service's manifests name, without tags."""
    for file in sorted(manifests.glob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text()):
            yield from _images_of(document)


def _images_of(value: object) -> Iterator[str]:
    """Every `image:` of a container, wherever in an object containers are."""
    if isinstance(value, list):
        for one in cast("list[object]", value):
            yield from _images_of(one)
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            if key == "image" and isinstance(inner, str):
                yield bare_name(inner)
            yield from _images_of(inner)


def _recipe(root: Path, service: Service, scratch: Path, base: Path | None) -> dict[str, Any]:
    folder = root / service.path
    if (folder / "go.mod").exists():
        _build(folder, scratch)
        return {"files": {"/": scratch, "/configs": folder / "configs"}, "entrypoint": ["/api"]}
    place = f"/mesh/{service.path}"
    python = next(base for base in BASES if base.name.startswith("python:"))
    return {
        "files": {"/mesh/platform/python": root / "platform" / "python", place: folder},
        "entrypoint": ["python3", "cmd/api/main.py"],
        "folder": place,
        "environment": {"PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
        "base": base or archive_of(python, cache_folder() / "docker-images"),
    }


def _build(folder: Path, into: Path) -> None:
    """Build every program of a Go service, static, so that an image needs nothing else."""
    done = subprocess.run(
        ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", f"{into}/", "./cmd/..."],
        cwd=folder,
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BedError(f"{folder}: go build: {done.stderr.strip()}")
