"""Random JSON Schemas, and values near them: what a comparison of schemas is tested with.

Values are drawn from what the schemas mention (names, bounds, members of enums), so that most of
them are close to where two schemas differ. Writers follow what tierline takes for granted: nothing
is written under a name that only the other side declares, unless the object is a map.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

NAMES = ("a", "b", "c")
TEXTS = ("", "x", "xy", "xyz", "x-1")
NUMBERS = (-1, 0, 1, 1.5, 2, 3, 4, 6, 10)
ATOMS = (None, True, False, *NUMBERS, *TEXTS)
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


def schema(rng: random.Random, depth: int = 2) -> Any:
    """A schema, sometimes one that nothing or everything is valid under."""
    kind = rng.randrange(14)
    if kind == 0:
        return rng.random() < 0.7
    if kind == 1 and depth:
        word = rng.choice(("anyOf", "oneOf", "allOf"))
        return {word: [schema(rng, depth - 1) for _ in range(rng.randint(1, 3))]}
    if kind == 2:
        return {"enum": rng.sample(ATOMS, rng.randint(1, 4))}
    if kind == 3:
        return {"const": rng.choice(ATOMS)}
    if kind == 4 and depth:
        return {"not": schema(rng, depth - 1)}
    if kind == 5:
        return {"type": rng.sample(TYPES, 2)}
    if kind == 6 and depth:
        return {
            "if": schema(rng, depth - 1),
            "then": schema(rng, depth - 1),
            "else": schema(rng, depth - 1),
        }
    made = (_number, _text, _array, _object, _object)[rng.randrange(5)]
    return made(rng, depth)


def _some(rng: random.Random, **options: Any) -> dict[str, Any]:
    return {name: value() for name, value in options.items() if rng.random() < 0.4}


def _number(rng: random.Random, depth: int) -> dict[str, Any]:
    del depth
    return {"type": rng.choice(("integer", "number"))} | _some(
        rng,
        minimum=lambda: rng.choice(NUMBERS),
        maximum=lambda: rng.choice(NUMBERS),
        exclusiveMinimum=lambda: rng.choice(NUMBERS),
        exclusiveMaximum=lambda: rng.choice(NUMBERS),
        multipleOf=lambda: rng.choice((0.5, 1, 2, 3)),
    )


def _text(rng: random.Random, depth: int) -> dict[str, Any]:
    del depth
    return {"type": "string"} | _some(
        rng,
        minLength=lambda: rng.randrange(3),
        maxLength=lambda: rng.randrange(4),
        pattern=lambda: rng.choice(("^x", "y$", "^xy$", "[a-z]+", "")),
    )


def _array(rng: random.Random, depth: int) -> dict[str, Any]:
    found = _some(
        rng,
        minItems=lambda: rng.randrange(3),
        maxItems=lambda: rng.randrange(4),
        uniqueItems=lambda: rng.random() < 0.5,
    )
    if depth:
        found |= _some(
            rng,
            items=lambda: schema(rng, depth - 1),
            prefixItems=lambda: [schema(rng, depth - 1) for _ in range(rng.randint(1, 2))],
            contains=lambda: schema(rng, depth - 1),
        )
    return {"type": "array"} | found


def _object(rng: random.Random, depth: int) -> dict[str, Any]:
    found = _some(
        rng,
        required=lambda: rng.sample(NAMES, rng.randint(1, 2)),
        minProperties=lambda: rng.randrange(3),
        maxProperties=lambda: rng.randrange(4),
        additionalProperties=lambda: rng.choice((False, False, True, schema(rng, 0))),
        dependentRequired=lambda: {rng.choice(NAMES): [rng.choice(NAMES)]},
    )
    if depth:
        declared = rng.sample(NAMES, rng.randint(0, 3))
        found["properties"] = {name: schema(rng, depth - 1) for name in declared}
        found |= _some(
            rng,
            patternProperties=lambda: {
                rng.choice(("^a", "^x-", "[bc]")): schema(rng, depth - 1),
            },
            propertyNames=lambda: schema(rng, 0),
        )
    return ({"type": "object"} if rng.random() < 0.8 else {}) | found


def mutated(rng: random.Random, value: Any, depth: int = 3) -> Any:
    """The schema with one change somewhere in it."""
    if not isinstance(value, dict) or not value or rng.random() < 0.15 or not depth:
        return schema(rng, 1)
    found = dict(value)
    word = rng.choice(sorted(found))
    if rng.random() < 0.2:
        del found[word]
    elif rng.random() < 0.4:
        other = schema(rng, 1)
        found |= other if isinstance(other, dict) else {}
    elif word in {"items", "not", "contains", "if", "then", "else", "propertyNames"}:
        found[word] = mutated(rng, found[word], depth - 1)
    elif word in {"properties", "patternProperties"}:
        found[word] = _map_mutated(rng, found[word], depth)
    elif word in {"anyOf", "oneOf", "allOf", "prefixItems"}:
        found[word] = _list_mutated(rng, found[word], depth)
    else:
        found |= _some(rng, minimum=lambda: 1, maxLength=lambda: 2, required=lambda: ["c"])
    return found


def _map_mutated(rng: random.Random, value: dict[str, Any], depth: int) -> dict[str, Any]:
    name = rng.choice(sorted(value) or ["a"])
    if name in value and rng.random() < 0.4:
        return {key: one for key, one in value.items() if key != name}
    return value | {name: mutated(rng, value.get(name, True), depth - 1)}


def _list_mutated(rng: random.Random, value: list[Any], depth: int) -> list[Any]:
    choice = rng.randrange(3)
    if choice == 0:
        return [*value, schema(rng, 1)]
    number = rng.randrange(len(value))
    if choice == 1 and len(value) > 1:
        return value[:number] + value[number + 1 :]
    return [mutated(rng, one, depth - 1) if at == number else one for at, one in enumerate(value)]


def value(rng: random.Random, names: tuple[str, ...], depth: int = 3) -> Any:
    """Some JSON value."""
    kind = rng.randrange(4) if depth else 0
    if kind == 1:
        return [value(rng, names, depth - 1) for _ in range(rng.randrange(4))]
    if kind >= 2:
        chosen = rng.sample(names, rng.randint(0, len(names)))
        return {name: value(rng, names, depth - 1) for name in chosen}
    return rng.choice(ATOMS)


def like(rng: random.Random, wanted: Any, names: tuple[str, ...], depth: int = 4) -> Any:
    """A value that may well be valid under a schema."""
    if not isinstance(wanted, dict) or not depth or rng.random() < 0.05:
        return value(rng, names, max(0, depth - 2))
    if "enum" in wanted:
        return rng.choice(wanted["enum"])
    if "const" in wanted:
        return wanted["const"]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in wanted:
            return like(rng, rng.choice(wanted[word]), names, depth - 1)
    kinds = wanted.get("type", rng.choice(TYPES) if "properties" not in wanted else "object")
    kind = rng.choice(kinds) if isinstance(kinds, list) else kinds
    if kind == "array":
        return list(_items_like(rng, wanted, names, depth))
    if kind == "object":
        return dict(_fields_like(rng, wanted, names, depth))
    fitting = {"null": (None,), "boolean": (True, False), "string": TEXTS}
    return rng.choice(fitting.get(kind, NUMBERS))


def _items_like(
    rng: random.Random, wanted: dict[str, Any], names: tuple[str, ...], depth: int
) -> Iterator[Any]:
    first = wanted.get("prefixItems", [])
    for index in range(rng.randint(wanted.get("minItems", 0), 4)):
        one = first[index] if index < len(first) else wanted.get("items", True)
        yield like(rng, one, names, depth - 1)


def _fields_like(
    rng: random.Random, wanted: dict[str, Any], names: tuple[str, ...], depth: int
) -> Iterator[tuple[str, Any]]:
    declared = wanted.get("properties", {})
    for name in dict.fromkeys([*wanted.get("required", []), *declared, *names, "x-1", "zz"]):
        likely = 0.9 if name in wanted.get("required", ()) else 0.5 if name in declared else 0.2
        if rng.random() < likely:
            one = declared.get(name, wanted.get("additionalProperties", True))
            yield name, like(rng, one, names, depth - 1)


def clashes(writer: Any, reader: Any, instance: Any) -> bool:
    """Whether a value has a name that only the reader declares, where the writer declares others."""
    return _clashes([writer], [reader], instance)


def _clashes(writers: list[Any], readers: list[Any], instance: Any) -> bool:
    left, right = list(_in_place(writers)), list(_in_place(readers))
    if isinstance(instance, list):
        return any(
            _clashes(_items_of(left, at), _items_of(right, at), one)
            for at, one in enumerate(instance)
        )
    if not isinstance(instance, dict):
        return False
    known = {name for one in left for name in one.get("properties", {})}
    wanted = {name for one in right for name in one.get("properties", {})}
    if known and instance.keys() & (wanted - known):
        return True
    return any(
        _clashes(_fields_of(left, name), _fields_of(right, name), one)
        for name, one in instance.items()
    )


def _in_place(schemas: list[Any]) -> Iterator[dict[str, Any]]:
    """Every schema that may speak of the same value."""
    for one in schemas:
        if isinstance(one, dict):
            yield one
            for word in ("allOf", "anyOf", "oneOf"):
                yield from _in_place(one.get(word, []))
            yield from _in_place(
                [one[word] for word in ("not", "if", "then", "else") if word in one]
            )


def _items_of(schemas: list[dict[str, Any]], index: int) -> list[Any]:
    found: list[Any] = []
    for one in schemas:
        first = one.get("prefixItems", [])
        found += [one["contains"]] if "contains" in one else []
        found += [first[index]] if index < len(first) else [one["items"]] if "items" in one else []
    return found


def _fields_of(schemas: list[dict[str, Any]], name: str) -> list[Any]:
    found: list[Any] = []
    for one in schemas:
        found += [one["properties"][name]] if name in one.get("properties", {}) else []
        found += one.get("patternProperties", {}).values()
        found += [one["additionalProperties"]] if "additionalProperties" in one else []
    return found
