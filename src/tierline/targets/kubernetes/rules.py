"""Is an object of a kind of the mesh's own ready, by the rule that it carries itself?

Pure functions of one object. The rule is an annotation, so that it ships with a revision, is part of
its digest, and comes back with it; an object without one is never ready.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, cast

from tierline.facts.observation import Fault
from tierline.mesh.clean import clean
from tierline.mesh.settings_kinds import Claim, KindRule
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.objects import (
    Object,
    annotation_of,
    canonical,
    count_of,
    inside,
    kind_of,
    listed,
    name_of,
    text_of,
)

_PARTS: Final = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")
_LONGEST = 200


def written(rule: KindRule) -> str:
    """A rule as an annotation holds it."""
    return canonical(
        {
            "ready": rule.ready,
            "failed": rule.failed,
            "observed_generation": rule.observed_generation,
        }
    )


def rule_of(item: Object) -> KindRule | None:
    """The rule that an object carries; None where it has none that can be read."""
    try:
        found: Any = json.loads(annotation_of(item, marks.READY))
        return KindRule(
            text_of(item, "apiVersion"),
            kind_of(item),
            _claim(found["ready"]),
            _claim(found["failed"]),
            found["observed_generation"] is not False,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def waits_for(item: Object) -> str:
    """What an object is not ready for, in words; "" where it is."""
    rule, shown = rule_of(item), _shown(item)
    if rule is None:
        return f"{shown}: it carries no rule that says when it is ready"
    if inside(item, "metadata").get("deletionTimestamp"):
        return f"{shown}: it is ending"
    if not rule.ready:
        return ""
    unseen = (_unseen(item, path, rule) for path in rule.ready)
    if late := next((told for told in unseen if told), ""):
        return f"{shown}: {late}"
    unmet = [_unmet(item, path, wanted) for path, wanted in sorted(rule.ready.items())]
    told = ", ".join(one for one in unmet if one)
    return f"{shown}: {told}" if told else ""


def fault_of(item: Object) -> Fault | None:
    """Why an object says that it failed; None while it does not, or may mean an older version of it."""
    rule = rule_of(item)
    for path, wanted in sorted(rule.failed.items()) if rule else ():
        found = _at(item, path)
        if found in wanted and min(_generations(item, path), default=0) >= _newest(item):
            because = text_of(_entry(item, path), "message") or text_of(item, "status", "message")
            told = f"{_shown(item)}: {path} is {found}" + (f": {because}" if because else "")
            return Fault("start/object", clean(told, _LONGEST))
    return None


def _claim(table: Any) -> Claim:
    return {
        str(path): tuple(str(one) for one in wanted)
        for path, wanted in cast("dict[str, list[object]]", table).items()
    }


def _shown(item: Object) -> str:
    return f"{kind_of(item)} {clean(name_of(item))}"


def _unmet(item: Object, path: str, wanted: tuple[str, ...]) -> str:
    found = _at(item, path)
    if found in wanted:
        return ""
    because = text_of(_entry(item, path), "message")
    told = f"{path} is {clean(found, 80) or 'not set'}, expected {' or '.join(wanted)}"
    return f"{told} ({clean(because, _LONGEST)})" if because else told


def _unseen(item: Object, path: str, rule: KindRule) -> str:
    """Why what a field says may be of an older version of the object."""
    seen = _generations(item, path)
    if not seen and rule.observed_generation:
        return (
            "it does not say which generation its controller has seen"
            " (observed_generation = false in tierline.toml if it never does)"
        )
    late = min(seen, default=_newest(item)) < _newest(item)
    return "its controller has not seen the change yet" if late else ""


def _generations(item: Object, path: str) -> list[int]:
    """The versions that a field may be of: its condition's, and that of the whole status."""
    told = [_generation(one) for one in (_entry(item, path), inside(item, "status"))]
    return [one for one in told if one is not None]


def _newest(item: Object) -> int:
    return count_of(item, "metadata", "generation", default=1)


def _generation(holder: Object) -> int | None:
    """Some controllers write it as text."""
    told = text_of(holder, "observedGeneration")
    return int(told) if told.isdecimal() else None


def _at(item: Object, path: str) -> str:
    """The value at a path, as JSON writes it but for quotes; "" where there is none.

    Of a condition, or another entry of a list, that is its status.
    """
    value = _value(item, path)
    if isinstance(value, dict) and path.endswith("]"):
        value = cast("Object", value).get("status")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _entry(item: Object, path: str) -> Object:
    """The last entry of a list on the way to a field; an empty object where there is none."""
    head, bracket, _ = path.rpartition("]")
    return inside({"it": _value(item, head + bracket)}, "it") if bracket else {}


def _value(item: Object, path: str) -> object:
    found: object = item
    for key, name in _steps(path):
        if name:
            entries = listed({"it": found}, "it")
            found = next(
                (one for one in entries if name in (text_of(one, "type"), text_of(one, "name"))),
                None,
            )
        else:
            found = cast("Object", found).get(key) if isinstance(found, dict) else None
    return found


def _steps(path: str) -> Iterator[tuple[str, str]]:
    for match in _PARTS.finditer(path):
        yield match[1] or "", match[2] or ""
