"""In which fields two versions of an object differ, but for what tierline and the server add.

Pure: knows no cluster. What a Secret holds, and what has a name like one, is told as a hash.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from tierline.facts.difference import FieldChange
from tierline.mesh.clean import clean
from tierline.mesh.redact import is_secret_name
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.objects import (
    Object,
    containers_of,
    inside,
    kind_of,
    listed,
    template_of,
    text_of,
)
from tierline.targets.kubernetes.stamping import IDENTITY, identifies

_SERVERS = (
    "managedFields",
    "resourceVersion",
    "uid",
    "generation",
    "creationTimestamp",
    "selfLink",
    "ownerReferences",
)
_REVISION = "deployment.kubernetes.io/revision"
_TELLING = frozenset({marks.CONFIGURATION, marks.READY})
"""what of our marks says that something else did change"""
_LONGEST = 200
_HELD = frozenset({"data", "stringData", "binaryData"})


def differing(before: Object, after: Object) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of their paths."""
    secret = "Secret" in {kind_of(before), kind_of(after)}
    old, new = dict(_fields(bare(before))), dict(_fields(bare(after)))
    paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return tuple(
        FieldChange(
            clean(path, _LONGEST),
            _shown(path, old.get(path), secret=secret),
            _shown(path, new.get(path), secret=secret),
        )
        for path in paths
    )


def bare(item: Object) -> Object:
    """A copy without what the server keeps of an object and what an effect writes on it."""
    made = copy.deepcopy(item)
    made.pop("status", None)
    metadata = inside(made, "metadata")
    for key in _SERVERS:
        metadata.pop(key, None)
    inside(metadata, "annotations").pop(_REVISION, None)
    _unmark(metadata)
    template = template_of(made)
    if template is not None:
        _unmark(inside(template, "metadata"))
        inside(template, "metadata").pop("creationTimestamp", None)
        for container in containers_of(template):
            _without_identity(container)
    return made


def _unmark(metadata: Object) -> None:
    for group in ("labels", "annotations"):
        found = inside(metadata, group)
        for key in [key for key in found if key.startswith(marks.PREFIX) and key not in _TELLING]:
            del found[key]
        if not found:
            metadata.pop(group, None)


def _without_identity(container: Object) -> None:
    """Without the variables by which pods say who they are, where we have added them."""
    env = listed(container, "env")
    kept = [one for one in env if not _is_identity(one)]
    if kept:
        container["env"] = kept
    else:
        container.pop("env", None)


def _is_identity(variable: Object) -> bool:
    return text_of(variable, "name") in IDENTITY or identifies(variable)


def _fields(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Leaves by path; an entry of a list by its name where all have one."""
    if isinstance(value, dict) and value:
        for key, inner in cast("dict[str, object]", value).items():
            yield from _fields(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        items = cast("list[object]", value)
        for name, inner in _named(items):
            yield from _fields(inner, f"{path}[{name}]")
    else:
        yield path, value


def _named(items: list[object]) -> Iterator[tuple[str, object]]:
    names = [
        str(cast("Mapping[str, Any]", one).get("name", "")) if isinstance(one, dict) else ""
        for one in items
    ]
    unique = all(names) and len(set(names)) == len(names)
    for number, one in enumerate(items):
        yield (names[number] if unique else str(number)), one


def _shown(path: str, value: object, *, secret: bool) -> str:
    if value is None:
        return ""
    told = json.dumps(value, ensure_ascii=True)
    held = secret and path.partition(".")[0] in _HELD
    if held or any(is_secret_name(part) for part in _parts(path)):
        return f"sha256:{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    return clean(told if len(told) <= _LONGEST else f"{told[:_LONGEST]}...", _LONGEST + 10)


def _parts(path: str) -> list[str]:
    """Names on the way that say what a value is: keys of ConfigMaps, names of variables."""
    if path.startswith(("data.", "stringData.", "binaryData.")):
        return [path.partition(".")[2]]
    head, _, rest = path.rpartition("env[")
    return [rest.partition("]")[0]] if head and rest.endswith("].value") else []
