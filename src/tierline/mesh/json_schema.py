"""Says where a value does not fit a JSON Schema, in words that show nothing of the value.

Whether a schema is one is the same question, asked of the schema of schemas of its draft. Nothing is
ever fetched: whoever names a schema elsewhere gets no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tierline.frozen import frozen
from tierline.mesh.clean import clean

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

NEWEST: Final = "https://json-schema.org/draft/2020-12/schema"
"""the draft of a schema that names none"""
DRAFTS: Final = (
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    NEWEST,
)
MOST: Final = 20
"""misfits of one value that are told"""

Path = tuple[str | int, ...]
"""keys and positions from the top of a value"""

_KINDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "number"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)
_MOST_OPTIONS = 8
_UNEXPECTED = frozenset({"additionalProperties", "unevaluatedProperties"})


@frozen
class Misfit:
    """`path` leads to the part of the value that does not fit; `words` say what belongs there."""

    path: Path
    words: str


def wrong_in_schema(schema: Mapping[str, Any]) -> tuple[Misfit, ...]:
    """Where a schema is none of its draft; one that names no known draft is judged by the newest."""
    named = schema.get("$schema", NEWEST)
    draft = named.rstrip("#") if isinstance(named, str) else ""
    found: list[Misfit] = []
    if draft not in DRAFTS:
        found.append(Misfit(("$schema",), f"none of the known drafts, such as {NEWEST}"))
    bare = {key: value for key, value in schema.items() if key != "$schema"}
    return (*found, *misfits(bare, _of_draft(draft if draft in DRAFTS else NEWEST)))


def misfits(value: Any, validator: Validator) -> tuple[Misfit, ...]:
    """Where `value` (of JSON's types) does not fit, in its own order, at most MOST.

    ValueError where the value has something that JSON has not.
    """
    errors = list(validator.iter_errors(value))
    inner = {tuple(error.instance_path[:end]) for error in errors for end in range(1, 99)}
    found = (one for error in errors for one in _told(error, inner))
    return tuple(dict.fromkeys(found))[:MOST]


@lru_cache(maxsize=len(DRAFTS))
def _of_draft(uri: str) -> Validator:
    return validator_of({"$schema": uri, "$ref": uri})


def validator_of(schema: Mapping[str, Any]) -> Validator:
    """Compiles a schema that is known to be one."""
    from jsonschema_rs import validator_for  # noqa: PLC0415 - late: 25 ms

    return validator_for(dict(schema), retriever=_refuse, validate_formats=True)


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{clean(uri)} is not fetched")


def _told(error: ValidationError, inner: set[Path]) -> Iterator[Misfit]:
    """One misfit, or one for every key that is not known; those that misfit inside are told there."""
    path = tuple(error.instance_path)
    name, more = error.kind.name, error.kind.as_dict()
    if name in _UNEXPECTED:
        for key in more["unexpected"]:
            if (*path, key) not in inner:
                yield Misfit((*path, key), "a key that means nothing here")
        return
    yield Misfit(path, _WORDS.get(name, _other)(more, error.instance, name))


def _type(more: Mapping[str, Any], value: object, _: str) -> str:
    return f"{_kind(value)} where {_either(_KINDS.get(str(one), '?') for one in more['types'])} belongs"


def _kind(value: object) -> str:
    return next((_KINDS[name] for kind, name in _TYPES if isinstance(value, kind)), "nothing")


def _options(more: Mapping[str, Any], _: object, __: str) -> str:
    return f"none of {_either(clean(str(one), 40) for one in more['options'][:_MOST_OPTIONS])}"


def _required(more: Mapping[str, Any], _: object, __: str) -> str:
    return f"no `{clean(str(more['property']))}`"


def _format(more: Mapping[str, Any], _: object, __: str) -> str:
    return f"not of the format {clean(str(more['format']), 40)}"


def _other(_: Mapping[str, Any], value: object, name: str) -> str:
    return f"{_kind(value)} that does not fit `{name}`"


def _alternatives(_: Mapping[str, Any], value: object, __: str) -> str:
    return f"{_kind(value)} that is nothing of what may stand here"


_WORDS: Mapping[str, Callable[[Mapping[str, Any], object, str], str]] = {
    "type": _type,
    "enum": _options,
    "required": _required,
    "format": _format,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}


def _either(words: Iterable[str]) -> str:
    found = list(words)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])} or {found[-1]}"
