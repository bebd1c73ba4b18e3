"""Makes images of files without any container program: layers are tar archives, the rest is JSON.

The same files make the same image, to the byte: of the machine only its architecture gets in.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REVISION = "org.opencontainers.image.revision"
_OCI = "application/vnd.oci.image"
MANIFEST = f"{_OCI}.manifest.v1+json"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an image holds: where each file or folder of ours goes in it, and how it starts.

    `base` is a tar archive of the files below them.
    """

    files: Mapping[str, Path]
    entrypoint: Sequence[str]
    base: Path | None = None
    folder: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str = "65534:65534"


@dataclass(frozen=True, slots=True)
class Image:
    """A made image: its manifest, and the blobs that it names, each by digest."""

    manifest: bytes
    blobs: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """What the image is known by for good."""
        return digest_of(self.manifest)


def make(recipe: Recipe) -> Image:
    """Make an image of the files, in a layer above those of the base."""
    layers = [_archive(recipe.files)]
    if recipe.base is not None:
        layers.insert(0, recipe.base.read_bytes())
    configuration = _json(
        {
            "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {
                "Entrypoint": list(recipe.entrypoint),
                "WorkingDir": recipe.folder,
                "Env": [f"{name}={value}" for name, value in recipe.environment.items()],
                "Labels": dict(recipe.labels),
                "User": recipe.user,
            },
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]},
        }
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _descriptor(f"{_OCI}.config.v1+json", configuration),
        "layers": [_descriptor(f"{_OCI}.layer.v1.tar", layer) for layer in layers],
    }
    return Image(_json(manifest), {digest_of(blob): blob for blob in (configuration, *layers)})


def digest_of(content: bytes) -> str:
    """The name of a blob: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _archive(files: Mapping[str, Path]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
        made: set[str] = set()
        for place, file in sorted(_entries(files)):
            for folder in reversed(Path(place).parents):
                if str(folder) not in {".", *made}:
                    made.add(str(folder))
                    tar.addfile(_plain(tarfile.TarInfo(str(folder)), 0o755, tarfile.DIRTYPE))
            about = _plain(tarfile.TarInfo(place), 0o755 if file.stat().st_mode & 0o100 else 0o644)
            about.size = file.stat().st_size
            with file.open("rb") as content:
                tar.addfile(about, content)
    return archive.getvalue()


def _entries(files: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """Regular files by their place in the image; links are left out."""
    for place, given in files.items():
        if given.is_dir():
            inner = (f for f in given.rglob("*") if f.is_file() and not f.is_symlink())
            yield from ((f"{place.strip('/')}/{f.relative_to(given)}".strip("/"), f) for f in inner)
        else:
            yield place.strip("/"), given


def _plain(about: tarfile.TarInfo, mode: int, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    about.mode, about.type = mode, kind
    return about


def _descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
