"""Reads `tooling/manifests/`: which services are implemented, and which id replaced which."""

from __future__ import annotations

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.model import Alias, Lineage, Listed
from tierline.mesh.names import SHORT_ID, is_service_id
from tierline.mesh.node import MapNode, Scalar
from tierline.mesh.source import Source
from tierline.mesh.yaml import LARGE, read_yaml

IMPLEMENTED = "tooling/manifests/implemented-services.yaml"
ALIASES = "tooling/manifests/alias-lineage.yaml"
VERSION = 1


def parse_implemented(
    content: bytes, path: str
) -> tuple[tuple[Listed, ...] | None, tuple[Defect, ...]]:
    """Listed services in written order, each once. None where the list cannot be read."""
    source = Source(path, "lifecycle")
    document = _document(content, source)
    node = None if document is None else source.field(document, "implemented_services")
    names = None if node is None else source.texts(node, "`implemented_services`")
    if names is None:
        return None, tuple(source.defects)
    found: dict[str, Listed] = {}
    for name in names:
        if not is_service_id(name.text):
            message = f"{clean(name.text)} is not a service id"
            source.defect("bad-id", message, name, "write the full service id")
        elif (first := found.get(name.text)) is not None:
            message = f"{name.text} is listed again (first in line {first.place.line})"
            source.service_id = name.text
            source.defect("duplicate-service", message, name, "keep one of the two")
            source.service_id = None
        else:
            found[name.text] = Listed(name.text, source.place(name))
    return tuple(found.values()), tuple(source.defects)


def parse_lineage(content: bytes, path: str) -> tuple[Lineage | None, tuple[Defect, ...]]:
    """The mesh's own table: `aliases:` old id -> successor; `exceptions:` a list of short ids."""
    source = Source(path, "alias-lineage")
    document = _document(content, source)
    node = None if document is None else source.field(document, "aliases")
    table = None if node is None else source.fields(node, "`aliases`")
    if document is None or table is None:
        return None, tuple(source.defects)
    aliases: list[Alias] = []
    for old, field in table.fields.items():
        successor = source.text(field.value, f"the successor of {clean(old)}")
        wrong = [name for name in (old, successor) if name is not None and not is_service_id(name)]
        for name in wrong:
            message = f"{clean(name)} is not a service id"
            source.defect("bad-id", message, field.key, "write the full service id")
        if successor is not None and not wrong:
            aliases.append(Alias(old, successor, source.place(field.key)))
    return Lineage(tuple(aliases), _exceptions(document, source)), tuple(source.defects)


def _document(content: bytes, source: Source) -> MapNode | None:
    root = read_yaml(content, source, LARGE)
    document = None if root is None else source.fields(root, "the file")
    if document is None:
        return None
    node = source.field(document, "version")
    number = None if node is None else source.integer(node, "`version`")
    if number not in {None, VERSION}:
        message = f"version {number} (tierline reads {VERSION})"
        source.defect("version", message, node, "use a tierline that knows this version")
    return document


def _exceptions(document: MapNode, source: Source) -> tuple[str, ...]:
    node = document.value("exceptions")
    if node is None or (isinstance(node, Scalar) and node.empty):
        return ()
    names = source.texts(node, "`exceptions`") or ()
    for name in names:
        if not SHORT_ID.fullmatch(name.text):
            message = f"{clean(name.text)} is not a short id"
            source.defect("bad-id", message, name, "write it like M27")
    return tuple(name.text for name in names if SHORT_ID.fullmatch(name.text))
