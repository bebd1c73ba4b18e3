"""Reads what oasdiff says of two OpenAPI documents as changes; does not run it.

Its rules move between minor versions, so each of its changes names the version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.contracts.opinion import Opinion
from tierline.mesh.clean import clean
from tierline.mesh.defect import Place

_ERROR, _WARNING = 3, 2
_CONSUMER = frozenset({Side.CONSUMER})
_NOBODY: frozenset[Side] = frozenset()
MOST = 1000
"""changes of one document that are told one by one, the worst first"""


def read_opinion(answer: bytes, by: str, shown: str) -> Opinion:
    """The changes in `oasdiff changelog --format json`; `shown` is the document's path."""
    try:
        listed = json.loads(answer or b"[]")
    except (ValueError, RecursionError):
        return Opinion(by, trouble="its answer is not JSON")
    if listed is None:
        listed = []
    if not isinstance(listed, list):
        return Opinion(by, trouble="its answer is not a list")
    given = cast("list[object]", listed)
    if not all(isinstance(one, dict) for one in given):
        return Opinion(by, trouble="its answer has another shape")
    entries = sorted(cast("list[dict[str, Any]]", given), key=_level, reverse=True)
    changes = [_change(one, by, shown) for one in entries[:MOST]]
    return Opinion(by, (*changes, *_rest(entries[MOST:], by, shown)))


def _level(entry: dict[str, Any]) -> int:
    level = entry.get("level")
    return level if isinstance(level, int) else 0


def _rest(entries: list[dict[str, Any]], by: str, shown: str) -> Iterator[Change]:
    """One change for all that are not told one by one, as bad as the worst of them."""
    levels = [_level(one) for one in entries]
    if any(level >= _WARNING for level in levels):
        many = sum(level >= _WARNING for level in levels)
        text = f"{many} more changes besides the {MOST} that are told"
        yield _change({"level": max(levels), "id": "more", "text": text}, by, shown)


def _change(entry: dict[str, Any], by: str, shown: str) -> Change:
    level = entry.get("level")
    method, path = (clean(str(entry.get(word) or ""), 200) for word in ("operation", "path"))
    rule = clean(str(entry.get("id") or "unnamed"))
    message = f"{clean(str(entry.get('text') or ''), 300)} ({by}: {rule})"
    pointer = f"/{clean(str(entry.get('section') or 'paths'), 40)}"
    if path:
        pointer += f"/{path.replace('~', '~0').replace('/', '~1')}/{method.lower()}"
    old, new = (_spot(entry.get(word), pointer, shown) for word in ("baseSource", "revisionSource"))
    return Change(
        Kind.OPENAPI,
        "incompatible",
        f"{method} {path}".strip() or "the document",
        message,
        old,
        new or Spot(pointer, Place(shown)),
        _CONSUMER if level == _ERROR else _NOBODY,
        _CONSUMER if level == _WARNING else _NOBODY,
    )


def _spot(source: object, pointer: str, shown: str) -> Spot | None:
    if not isinstance(source, dict):
        return None
    found = cast("dict[str, object]", source)
    line, column = (found.get(word) for word in ("line", "column"))
    known = isinstance(line, int) and isinstance(column, int)
    return Spot(
        pointer, Place(shown, cast("int", line), cast("int", column)) if known else Place(shown)
    )
