"""Part of gate event-contracts: is the payload's schema a JSON Schema, and can it be followed?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import Any, cast
from urllib.parse import unquote

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.event_contract import ENDING, FOLDER
from tierline.mesh.json_schema import Path, wrong_in_schema
from tierline.mesh.jsonfile import read_json
from tierline.mesh.model import EventContract
from tierline.mesh.node import below
from tierline.mesh.source import Source
from tierline.mesh.tree import Tree

_KEY = "payload_schema"
_NO_SCHEMAS = frozenset({"enum", "const", "default", "examples"})
"""keywords whose values are data, not schemas"""
_NAMES = frozenset({"$id", "id", "$anchor", "$dynamicAnchor"})
_MOST = 2000
"""references of one schema that are followed"""


def judge_schema(
    event: str, contract: EventContract, service_id: str | None, tree: Tree
) -> Iterator[Defect]:
    """What is wrong with the schema of an event's payload; each with the line that it stands in."""
    if not contract.payload_schema:
        return
    path = f"{FOLDER}{event}{ENDING}"
    document, schema = _plain(path, contract, tree)
    if schema is None:
        message = f"the schema of {clean(event)} has numbers that JSON readers do not agree on"
        at = contract.places.get(_KEY, contract.place)
        yield Defect("event-contracts/not-judged", message, at, "write plain numbers", service_id)
        return
    found = [(one.path, "not-a-schema", one.words) for one in wrong_in_schema(schema)]
    found += _references(document, schema, path, tree)
    for where, slug, words in found:
        shown = clean(".".join(map(str, (_KEY, *where))), 120)
        place = _place((_KEY, *where), path, contract, tree)
        fix = _FIXES[slug]
        yield Defect(f"event-contracts/{slug}", f"{shown}: {words}", place, fix, service_id)


_FIXES = {
    "not-a-schema": "correct the keyword: see https://json-schema.org/understanding-json-schema",
    "broken-reference": "correct the reference, or write what it should lead to",
    "remote-reference": "keep the schema in the mesh, below contracts/schemas",
}


def _plain(path: str, contract: EventContract, tree: Tree) -> tuple[Any, dict[str, Any] | None]:
    """The whole file and its schema as plain values; a file that is not at hand is its schema."""
    entry = tree.entries.get(path)
    if entry is None or entry.content is None:
        schema = dict(contract.payload_schema)
        return {_KEY: schema}, schema
    try:
        document = json.loads(entry.content.decode("utf-8-sig"), parse_float=_finite)
        return document, document[_KEY]
    except (ValueError, KeyError, TypeError):
        return None, None


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError
    return number


def _references(
    document: Any, schema: dict[str, Any], path: str, tree: Tree
) -> list[tuple[Path, str, str]]:
    """Every `$ref` that leads nowhere in the mesh."""
    found: list[tuple[Path, str, str]] = []
    references, names = _walk(schema)
    for where, reference in references[:_MOST]:
        base, _, fragment = reference.partition("#")
        if reference in names or (base in names and not fragment):
            continue
        if not base:
            slug = "" if any(_leads(one, fragment) for one in (schema, document)) else "broken"
        elif ":" in base or base.startswith("//"):
            slug = "remote"
        else:
            slug = "" if normpath(join(dirname(path), unquote(base))) in tree.entries else "broken"
        if slug:
            fact = "leads nowhere in this mesh" if slug == "broken" else "leads out of the mesh"
            found.append((where, f"{slug}-reference", f"{clean(reference)} {fact}"))
    return found


def _walk(schema: dict[str, Any]) -> tuple[list[tuple[Path, str]], frozenset[str]]:
    """Every reference with where it stands, and every name that a part of the schema has."""
    references: list[tuple[Path, str]] = []
    names: set[str] = set()
    waiting: list[tuple[Path, Any]] = [((), schema)]
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, list):
            waiting += [((*where, number), inner) for number, inner in _items(value)]
        for key, inner in _fields(value):
            if key == "$ref" and isinstance(inner, str):
                references.append(((*where, key), inner))
            elif key in _NAMES and isinstance(inner, str):
                names |= {inner, f"#{inner}"}
            elif key not in _NO_SCHEMAS:
                waiting.append(((*where, key), inner))
    return sorted(references, key=str), frozenset(names)


def _items(value: Any) -> Iterator[tuple[int, Any]]:
    return enumerate(cast("list[Any]", value) if isinstance(value, list) else ())


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    return iter(cast("dict[str, Any]", value).items() if isinstance(value, dict) else ())


def _leads(document: Any, pointer: str) -> bool:
    """Whether a JSON pointer (RFC 6901) leads to something."""
    value = document
    for step in pointer.split("/")[1:]:
        name = unquote(step).replace("~1", "/").replace("~0", "~")
        inside = dict(_fields(value)) or {str(number): inner for number, inner in _items(value)}
        if name not in inside:
            return False
        value = inside[name]
    return not pointer or pointer.startswith("/")


def _place(where: Path, path: str, contract: EventContract, tree: Tree) -> Place:
    """Read again, with places, only where something is wrong."""
    entry = tree.entries.get(path)
    source = Source(tree.shown(path), "event-contracts")
    root = None if entry is None or entry.content is None else read_json(entry.content, source)
    return contract.place if root is None else source.place(below(root, where))
