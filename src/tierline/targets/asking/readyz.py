"""What a `/readyz` says of owners; knows several shapes, and says when it knows none.

Shapes: `{"owners": {name: state}}`, or a list of `{"name": ..., "ok": ...}`, under `owners`,
`dependencies` or `checks`; a state is true/false, a word, or an object with `ok`, `healthy`,
`reachable` or `status`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast

from tierline.facts.evidence import Answer
from tierline.mesh.owner_keys import match_owner

_PLACES = ("owners", "dependencies", "checks")
_FIELDS = ("ok", "healthy", "reachable", "status", "state")
_GOOD = frozenset(
    {"ok", "up", "healthy", "ready", "reachable", "pass", "passed", "serving", "true"}
)
_BAD = frozenset({
    "fail", "failed", "down", "unhealthy", "unready", "unreachable", "error", "unavailable",
    "timeout", "false",
})  # fmt: skip


def said(
    answer: Answer, detail: str, body: bytes | None, owners: Iterable[str]
) -> tuple[Answer, str, Mapping[str, bool]]:
    """Answer, detail and owners -> whether they answered it. `body` is None where none came."""
    if body is None:
        return Answer.SILENT if answer is Answer.FAILED else answer, detail, {}
    found = owners_in(body, owners)
    if found is None:
        return Answer.UNKNOWN, f"{detail} and names no owners", {}
    unreached = sorted(owner for owner, reached in found.items() if not reached)
    return answer, f"{detail}, without {', '.join(unreached)}" if unreached else detail, found


def owners_in(body: bytes, owners: Iterable[str]) -> Mapping[str, bool] | None:
    """Owner -> whether it answered, of those that the body names; None for an unknown shape.

    A name is an owner's id in any case, its short id (`M01`), or words that fit only one owner.
    """
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    entries = _entries(document)
    if entries is None:
        return None
    known = tuple(owners)
    found: dict[str, bool] = {}
    for name, state in entries.items():
        owner, good = _owner(name, known), _good(state)
        if owner is not None and good is not None:
            found[owner] = found.get(owner, True) and good
    return found


def _entries(document: object) -> Mapping[str, object] | None:
    if not isinstance(document, dict):
        return None
    table = cast("dict[str, object]", document)
    for place in _PLACES:
        if place in table:
            return _named(table[place])
    return None


def _named(value: object) -> Mapping[str, object] | None:
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    if not isinstance(value, list):
        return None
    found: dict[str, object] = {}
    for item in cast("list[object]", value):
        if isinstance(item, dict):
            entry = cast("dict[str, object]", item)
            name = entry.get("name", entry.get("service_id", entry.get("owner")))
            if isinstance(name, str):
                found[name] = entry
    return found


def _owner(name: str, owners: tuple[str, ...]) -> str | None:
    lowered = name.lower()
    for owner in owners:
        if lowered in {owner.lower(), owner.partition("-")[0].lower()}:
            return owner
    return match_owner(name, owners)


def _good(state: object) -> bool | None:
    if isinstance(state, bool):
        return state
    if isinstance(state, str):
        word = state.strip().lower()
        return True if word in _GOOD else False if word in _BAD else None
    if isinstance(state, dict):
        table = cast("dict[str, object]", state)
        return next((_good(table[name]) for name in _FIELDS if name in table), None)
    return None
