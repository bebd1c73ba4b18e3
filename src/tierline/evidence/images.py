"""Reads the map of images that CI gives: which image stands for a name, and what it was built from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from tierline.errors import UsageError
from tierline.facts.images import Image, bare_name, is_pinned
from tierline.mesh.clean import clean
from tierline.regex import regex

MOST_BYTES = 16 << 20
_KEYS = frozenset({"reference", "source"})
_SOURCE = regex(r"[0-9a-f]{32}")
_EXAMPLE = '{"version": 1, "images": {"shop/orders": {"reference": "registry.example/shop/orders@sha256:..."}}}'


def read_images(path: Path) -> Mapping[str, Image]:
    """Name without tag -> image, sorted. UsageError lists everything that is wrong with the file."""
    shown = clean(str(path), 200)
    document = _document(path, shown)
    wrong = list(_wrong(document))
    if wrong:
        listed = "\n  ".join(wrong[:20] + ([f"and {len(wrong) - 20} more"] if wrong[20:] else []))
        raise UsageError(
            f"{shown} is no map of images:\n  {listed}",
            code="usage/images",
            fix=f"write for example {_EXAMPLE}",
        )
    images = cast("dict[str, dict[str, str]]", document["images"])
    return {
        name: Image(name, images[name]["reference"], images[name].get("source", ""))
        for name in sorted(images)
    }


def _document(path: Path, shown: str) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"{shown} cannot be read: {error.strerror}",
            code="usage/images",
            fix="name a readable file with --images",
        ) from error
    fact = f"is larger than {MOST_BYTES >> 20} MiB"
    if len(content) <= MOST_BYTES:
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            fact = "is not JSON"
        else:
            if isinstance(found, dict):
                return cast("dict[str, Any]", found)
            fact = "holds no JSON object"
    raise UsageError(f"{shown} {fact}", code="usage/images", fix=f"write for example {_EXAMPLE}")


def _wrong(document: dict[str, Any]) -> Iterator[str]:
    if document.get("version") != 1:
        yield "version: 1 is expected"
    yield from (f"{clean(key, 60)}: unknown key" for key in document.keys() - {"version", "images"})
    images = document.get("images")
    if not isinstance(images, dict):
        yield "images: an object of names is expected"
        return
    for name, entry in cast("dict[str, object]", images).items():
        yield from (f"images.{clean(name, 100)}: {fact}" for fact in _of_entry(name, entry))


def _of_entry(name: str, entry: object) -> Iterator[str]:
    if not name or bare_name(name) != name:
        yield "a name without tag and digest is expected"
    if not isinstance(entry, dict):
        yield "an object with `reference` is expected"
        return
    table = cast("dict[str, object]", entry)
    yield from (f"{clean(key, 60)}: unknown key" for key in table.keys() - _KEYS)
    reference, source = table.get("reference"), table.get("source", "")
    if not isinstance(reference, str) or not is_pinned(reference):
        yield "reference: NAME@sha256:DIGEST is expected, since a tag may move"
    if not isinstance(source, str) or (source and not _SOURCE.fullmatch(source)):
        yield "source: the source revision that it was built from is expected, 32 hex digits"
