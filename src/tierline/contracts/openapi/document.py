"""An OpenAPI 3.x document as operations with parameters, bodies and answers; compares nothing."""

from __future__ import annotations

from dataclasses import replace

from tierline.contracts.change import Spot
from tierline.contracts.schema.at import At, Dialect, Document, Way, resolve, root_of
from tierline.frozen import frozen
from tierline.regex import regex

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PLACEHOLDER = regex(r"\{[^{}/]*\}")
_SKIPPED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""header parameters that OpenAPI tells to ignore"""
_LINKS = 20


@frozen
class Parameter:
    """`place` is path, query, header or cookie. A path parameter's `key` is its position."""

    name: str
    place: str
    key: tuple[str, str]
    required: bool
    at: At


@frozen
class Operation:
    """A method of a path. `key` leaves the names of path parameters out."""

    method: str
    path: str
    key: tuple[str, str]
    at: At
    parameters: tuple[Parameter, ...]

    @property
    def name(self) -> str:
        """As people say it: `GET /users/{id}`."""
        return f"{self.method.upper()} {self.path}"


def read_openapi(document: Document) -> At:
    """A document as `compare_openapi` takes it."""
    old = version_of(root_of(document)).startswith("3.0")
    return root_of(replace(document, dialect=Dialect.OPENAPI_3_0 if old else Dialect.MODERN))


def version_of(document: At) -> str:
    """What `openapi` says; "" for a document of another kind."""
    return str(document.value("openapi") or "")


def operations_of(document: At) -> dict[tuple[str, str], Operation]:
    """Every operation by method and path."""
    found: dict[tuple[str, str], Operation] = {}
    for path, item in members(document.child("paths")).items():
        entry = followed(item)
        if path.startswith("x-") or entry is None:
            continue
        for method in METHODS:
            at = entry.child(method)
            if at is not None:
                key = (method, _PLACEHOLDER.sub("{}", path))
                found[key] = Operation(method, path, key, at, _parameters(entry, at, path))
    return found


def spot_of_path(document: At, path: str) -> Spot:
    """Where a path stands, whatever its parameters are called; the list of paths if it has none."""
    paths = document.child("paths")
    wanted = _PLACEHOLDER.sub("{}", path)
    found = [one for one in members(paths) if _PLACEHOLDER.sub("{}", one) == wanted]
    return paths.spot(found[0]) if paths and found else document.spot("paths")


def _parameters(item: At, operation: At, path: str) -> tuple[Parameter, ...]:
    """Those of the operation, over those of its path."""
    names = [name[1:-1] for name in _PLACEHOLDER.findall(path)]
    found: dict[tuple[str, str], Parameter] = {}
    for owner in (item, operation):
        listed = owner.child("parameters")
        for one in listed.items() if listed else ():
            at = followed(one)
            read = None if at is None else _parameter(at, names)
            if read is not None:
                found[read.key] = read
    return tuple(found.values())


def _parameter(at: At, names: list[str]) -> Parameter | None:
    name, place = str(at.value("name") or ""), str(at.value("in") or "")
    if place == "header" and name.lower() in _SKIPPED_HEADERS:
        return None
    position = str(names.index(name)) if place == "path" and name in names else name
    key = (place, position.lower() if place == "header" else position)
    return Parameter(name, place, key, at.value("required") is True or place == "path", at)


def members(at: At | None) -> dict[str, At]:
    """The members of a mapping that may be missing."""
    return at.children() if at else {}


def followed(at: At | None) -> At | None:
    """What a chain of local references ends at; None where it leads nowhere."""
    for _ in range(_LINKS):
        if at is None or not isinstance(reference := at.value("$ref"), str):
            return at
        at = resolve(at, reference)
    return None


def strange(document: At, links: int = 10_000) -> tuple[At, ...]:
    """Places of references that lead out of the document or nowhere, of parts other than schemas."""
    pending, found = [document.child("paths"), document.child("components")], list[At]()
    while pending and links:
        at, links = pending.pop(), links - 1
        if at is None:
            continue
        if at.has("$ref") and followed(at) is None:
            found.append(at)
        elif not at.pointer.endswith(("/schema", "/schemas")):
            pending += [*at.children().values(), *at.items()]
    return tuple(found)


def towards(at: At | None, way: Way) -> At | None:
    """The same schema for data that goes this way."""
    return None if at is None else at._replace(document=replace(at.document, way=way))


def media_types(at: At | None) -> dict[str, At]:
    """Media type, in lower case and without parameters, -> its entry."""
    content = at.child("content") if at else None
    return {name.partition(";")[0].strip().lower(): one for name, one in members(content).items()}


def matching(found: dict[str, At], media_type: str) -> At | None:
    """The entry for a media type: its own, else the narrowest range that holds it."""
    kind = media_type.partition("/")[0]
    names = (media_type, f"{kind}/*", "*/*")
    return next((found[name] for name in names if name in found), None)
