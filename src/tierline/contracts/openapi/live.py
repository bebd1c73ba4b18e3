"""Whether an answer is what an OpenAPI document promises; knows not how it was asked for.

Only GETs are looked at. What the document leaves open, an answer cannot break; what could not be
compared is unknown, not good.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from tierline.frozen import frozen
from tierline.mesh.json_schema import Misfit, misfits, validator_of
from tierline.mesh.jsonfile import read_json
from tierline.mesh.node import MapNode, plain_value
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml

_JSON = ("application/json", "+json")
_GOOD, _MULTIPLE, _BROKEN = 200, 300, 500
_DEEPEST = 64


@frozen
class Promise:
    """A document, read. `version` is what `openapi` says."""

    shown: str
    document: Mapping[str, Any]
    version: str


@frozen
class Compared:
    """`broken`: the answer is not what was promised. `told` says why, also where nobody knows."""

    broken: bool
    known: bool
    told: str = ""


_FINE = Compared(broken=False, known=True)


def read_promise(content: bytes, shown: str) -> Promise | str:
    """The document in a file; a text says why there is none."""
    source = Source(shown, "openapi-breaking")
    read = read_json if shown.endswith(".json") else read_yaml
    node = read(content, source)
    if not isinstance(node, MapNode) or source.defects:
        return f"{shown} cannot be read"
    document = cast("dict[str, Any]", plain_value(node))
    version = str(document.get("openapi", ""))
    if not version.startswith("3."):
        return f"{shown} is not OpenAPI 3"
    return Promise(shown, document, version)


def compare_answer(promise: Promise, path: str, status: int, body: bytes) -> Compared:
    """Whether `GET path` may answer so. `body` is whole."""
    operation = _at(promise, ("paths", path, "get"))
    if operation is None:
        return _unknown(f"GET {path} is not in {promise.shown}")
    if status >= _BROKEN:
        return _unknown(f"GET {path} answers {status}")
    answer = _answer(promise, operation, status)
    if answer is None:
        told = f"GET {path} answers {status}, which {promise.shown} does not promise"
        good = _GOOD <= status < _MULTIPLE
        return Compared(broken=True, known=True, told=told) if good else _unknown(told)
    content = _map(answer.get("content"))
    if not content:
        return _FINE
    if not all(name.partition(";")[0].strip().endswith(_JSON) for name in content):
        return _unknown(f"GET {path} may answer with more than JSON")
    media = next(iter(content.values()), None)
    return _of_body(promise, f"GET {path}", media, body)


def is_used(use: Promise, path: str, status: int, body: bytes) -> bool:
    """Whether an answer that broke its contract breaks what a consumer declares to use of it.

    `use` is the part of the provider's document that the consumer relies on. What cannot be compared
    with it counts as used.
    """
    if _at(use, ("paths", path, "get")) is None:
        return False
    found = compare_answer(use, path, status, body)
    return found.broken or not found.known


def _of_body(promise: Promise, what: str, media: object, body: bytes) -> Compared:
    schema = _map(media).get("schema")
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return Compared(broken=True, known=True, told=f"{what}: the answer is no JSON")
    if schema is None:
        return _FINE
    try:
        found = misfits(value, validator_of(_whole(promise, schema)))
    except ValueError as error:
        return _unknown(f"{what}: its schema cannot be used: {str(error)[:200]}")
    if not found:
        return _FINE
    first, *rest = found
    more = f"; and {len(rest)} more" if rest else ""
    return Compared(broken=True, known=True, told=f"{what}: {_told(first)}{more}")


def _told(one: Misfit) -> str:
    where = "/".join(map(str, one.path))
    return f"at /{where}: {one.words}"


def _whole(promise: Promise, schema: object) -> dict[str, Any]:
    """The schema with everything that its references may name, as JSON Schema has it."""
    components = _map(promise.document.get("components"))
    whole: dict[str, Any] = {"allOf": [schema], "components": dict(components)}
    if promise.version.startswith("3.0"):
        whole = cast("dict[str, Any]", _nullable(whole, 0))
        return {"$schema": "http://json-schema.org/draft-04/schema#", **whole}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}


def _nullable(value: object, depth: int) -> object:
    """What OpenAPI 3.0 writes as `nullable`, in words of JSON Schema."""
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, list):
        return [_nullable(item, depth + 1) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    told = {k: _nullable(v, depth + 1) for k, v in cast("dict[str, object]", value).items()}
    if told.get("nullable") is True:
        del told["nullable"]
        return {"anyOf": [told, {"type": "null"}]}
    return told


def _answer(
    promise: Promise, operation: Mapping[str, Any], status: int
) -> Mapping[str, Any] | None:
    answers = _map(operation.get("responses"))
    for name in (str(status), f"{status // 100}XX", "default"):
        if name in answers:
            return _followed(promise, _map(answers[name]))
    return None


def _followed(promise: Promise, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference within the document names."""
    for _ in range(_DEEPEST):
        named = value.get("$ref")
        if not isinstance(named, str) or not named.startswith("#/"):
            return value
        steps = tuple(s.replace("~1", "/").replace("~0", "~") for s in named[2:].split("/"))
        value = _at(promise, steps) or {}
    return {}


def _at(promise: Promise, steps: tuple[str, ...]) -> Mapping[str, Any] | None:
    value: object = promise.document
    for step in steps:
        value = _map(value).get(step)
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def _map(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _unknown(told: str) -> Compared:
    return Compared(broken=False, known=False, told=told)
