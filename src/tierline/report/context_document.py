"""A release's context as one JSON document for machines, as `schemas/context-1.json` describes it.

The names are those of `tierline.context.model`: renaming a field there changes the format.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import cast

from tierline.context.model import Release
from tierline.mesh.defect import Place

SCHEMA = "tierline/context/1"
_OF_A_CHECK = frozenset({"fingerprint", "waiver"})
"""what only a check says of a finding"""


def context_json(release: Release) -> str:
    """The document, indented, in ASCII (so no character can act on a terminal), one line feed."""
    return json.dumps(context_document(release), indent=2) + "\n"


def context_document(release: Release) -> Mapping[str, object]:
    """The document as plain values; services in the order of the release."""
    names = (one.name for one in fields(release) if one.name != "sheets")
    services = [_plain(sheet) for sheet in release.sheets.values()]
    rest = {name: _plain(getattr(release, name)) for name in names}
    return {"schema": SCHEMA, **rest, "services": services}


def _plain(value: object) -> object:
    """Plain values of frozen ones; a place is its path and line, 0 for a file as a whole."""
    if isinstance(value, Place):
        return {"path": value.path, "line": value.line}
    if is_dataclass(value) and not isinstance(value, type):
        names = (one.name for one in fields(value) if one.name not in _OF_A_CHECK)
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return {str(key): _plain(item) for key, item in pairs}
    if isinstance(value, tuple):
        return [_plain(item) for item in cast("tuple[object, ...]", value)]
    return value if isinstance(value, int | float | type(None)) else str(value)
