"""Messages as lines of JSON: a frame is `{"v": 1, "is": "Launch", "of": {...}}`; knows no socket.

Written by hand because both ends must start within milliseconds: the types say what is valid.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from tierline.targets.local.messages import PROTOCOL, Reply, Request

LINE_LIMIT = 8 * 1024 * 1024
"""bytes of one frame; a launch with its environment stays far below"""


class BadFrame(ValueError):  # noqa: N818 - said about a frame, not about a program
    """A line that is no message; says what is wrong with which field."""


def encode(message: Request | Reply) -> bytes:
    """One line, newline included."""
    frame = {"v": PROTOCOL, "is": type(message).__name__, "of": _plain(message)}
    return json.dumps(frame, separators=(",", ":")).encode() + b"\n"


def decode_request(line: bytes) -> Request:
    """The request of a line; BadFrame for anything else."""
    return _decode(line, _kinds(Request))


def decode_reply(line: bytes) -> Reply:
    """The reply of a line; BadFrame for anything else."""
    return _decode(line, _kinds(Reply))


def _decode(line: bytes, kinds: Mapping[str, type[Any]]) -> Any:
    try:
        frame: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"not a line of JSON: {error}") from error
    if not isinstance(frame, dict):
        raise BadFrame("not an object")
    version: Any = frame.get("v")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped JSON
    if version != PROTOCOL:
        raise BadFrame(f"protocol {version!r}, not {PROTOCOL}: the other end is another version")
    kind: Any = frame.get("is")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped JSON
    if not isinstance(kind, str) or kind not in kinds:
        raise BadFrame(f"unknown message {kind!r}")
    return _built(kinds[kind], frame.get("of"), kind)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped JSON


@cache
def _kinds(union: Any) -> Mapping[str, type[Any]]:
    return {kind.__name__: kind for kind in get_args(union)}


@cache
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON in the making
    if isinstance(value, frozenset):
        return sorted(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - only of names
    if isinstance(value, tuple):
        return [_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType] - JSON in the making
    return value


def _built(kind: type[Any], given: Any, place: str) -> Any:
    if not isinstance(given, dict):
        raise BadFrame(f"{place}: not an object")
    hints, values = _hints(kind), dict[str, Any]()
    for name, value in given.items():  # pyright: ignore[reportUnknownVariableType] - untyped JSON
        if name in hints:
            values[str(name)] = _typed(hints[name], value, f"{place}.{name}")  # pyright: ignore[reportUnknownArgumentType] - untyped JSON
    try:
        return kind(**values)
    except TypeError as error:
        raise BadFrame(f"{place}: {error}") from error


def _typed(hint: Any, value: Any, place: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(arguments, value, place)
    if origin in (tuple, frozenset):
        return _sequence(origin, arguments[0], value, place)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(arguments[1], value, place)
    if is_dataclass(hint):
        return _built(hint, value, place)  # pyright: ignore[reportArgumentType] - a class here
    if issubclass(hint, Enum):
        return _member(hint, value, place)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not hint:
        raise BadFrame(f"{place}: {type(value).__name__} where {hint.__name__} belongs")
    return value


def _optional(arguments: tuple[Any, ...], value: Any, place: str) -> Any:
    if value is None and types.NoneType in arguments:
        return None
    return _typed(arguments[0], value, place)


def _sequence(origin: Any, item: Any, value: Any, place: str) -> Any:
    if not isinstance(value, list):
        raise BadFrame(f"{place}: {type(value).__name__} where a list belongs")
    return origin(_typed(item, each, f"{place}[]") for each in value)  # pyright: ignore[reportUnknownVariableType] - untyped JSON


def _mapping(item: Any, value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadFrame(f"{place}: {type(value).__name__} where an object belongs")
    return {str(key): _typed(item, each, f"{place}.{key}") for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - untyped JSON


def _member(hint: type[Enum], value: Any, place: str) -> Enum:
    try:
        return hint(value)
    except ValueError as error:
        raise BadFrame(f"{place}: {error}") from error
