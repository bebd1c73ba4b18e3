"""The types of the Kubernetes API, of every minor version that tierline ships them for.

The data is derived by tools/kubernetes_schemas.py and read when the first manifest is judged.
"""

from __future__ import annotations

import json
import pkgutil
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from tierline.frozen import frozen
from tierline.readiness.manifests.values import RULES, Rule

OLDEST: Final = 25
NEWEST: Final = 37
"""minor versions of Kubernetes 1 that the shipped schemas cover"""

Spec = str | list[Any]
"""a word (`string`, `int32`, `quantity`, ...), `#TYPE`, or a list: list or set of SPEC, map to SPEC"""

_PACKAGE = "tierline.readiness.manifests"
_FILE = "schemas/kubernetes.json.gz"
_GZIP = 31


@frozen
class Shape:
    """The fields of a type: each with its spec, and the rule for its value where there is one."""

    fields: Mapping[str, tuple[Spec, Rule | None]]
    required: tuple[str, ...]


class Schemas:
    """The types of one minor version, each looked up once."""

    def __init__(self, minor: int) -> None:
        self.minor = minor
        self._shapes: dict[str, Shape | str] = {}

    def type_of(self, api_version: str, kind: str) -> str | None:
        """The type of an object; None where this version does not serve such a one."""
        return _at(_tables()["kinds"].get(f"{api_version} {kind}", ()), self.minor)

    def shape(self, name: str) -> Shape | str:
        """The fields of a type; `object` or `any` where it has none that are known."""
        found = self._shapes.get(name)
        if found is None:
            found = self._shapes[name] = _shape(name, _at(_tables()["types"][name], self.minor))
        return found

    def versions_with(self, kind: str) -> tuple[str, ...]:
        """The apiVersions that serve a kind, the most settled one first."""
        found = (
            key.split(" ") for key, rows in _tables()["kinds"].items() if _at(rows, self.minor)
        )
        return tuple(
            sorted((one for one, name in found if name == kind), key=settled, reverse=True)
        )

    def kinds(self) -> frozenset[str]:
        """Every kind that this version serves."""
        found = _tables()["kinds"].items()
        return frozenset(key.split(" ")[1] for key, rows in found if _at(rows, self.minor))


def settled(api_version: str) -> tuple[int, str]:
    """How settled an apiVersion is: v2 over v1, then beta, then alpha."""
    version = api_version.rpartition("/")[2]
    rank = 0 if "alpha" in version else 1 if "beta" in version else 2
    return rank, version


def last_served(api_version: str, kind: str) -> int | None:
    """The last minor version that served it, if it is gone by now; None where none ever did."""
    rows = _tables()["kinds"].get(f"{api_version} {kind}", ())
    return next(
        (minor - 1 for minor, name in reversed(rows) if name is None and minor > OLDEST), None
    )


def first_served(api_version: str, kind: str) -> int | None:
    """The first minor version that serves it; None where none does."""
    rows = _tables()["kinds"].get(f"{api_version} {kind}", ())
    return next((minor for minor, name in rows if name is not None), None)


@cache
def own_groups() -> frozenset[str]:
    """The groups of Kubernetes' own kinds, of all versions."""
    versions = (key.split(" ")[0] for key in _tables()["kinds"])
    return frozenset(version.partition("/")[0] for version in versions if "/" in version)


@cache
def schemas_of(minor: int) -> Schemas:
    """The types of a minor version; of the nearest one that is known."""
    return Schemas(min(max(minor, OLDEST), NEWEST))


@cache
def _tables() -> Mapping[str, Mapping[str, list[list[Any]]]]:
    content = pkgutil.get_data(_PACKAGE, _FILE) or b""
    return json.loads(zlib.decompress(content, _GZIP))


def _at(rows: list[list[Any]] | tuple[()], minor: int) -> Any:
    """What holds in a minor version: the newest row that is not newer."""
    return next((value for first, value in reversed(rows) if first <= minor), None)


def _shape(name: str, found: Mapping[str, Any] | str | None) -> Shape | str:
    if found is None or isinstance(found, str):
        return found or "any"
    rules = RULES.get(name.rpartition(".")[2], {})
    fields: Mapping[str, Spec] = found["fields"]
    return Shape(
        {key: (spec, rules.get(key)) for key, spec in fields.items()}, tuple(found["required"])
    )
