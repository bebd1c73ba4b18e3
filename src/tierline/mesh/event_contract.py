"""Reads `contracts/events/<event>.json`; does not compare schemas."""

from __future__ import annotations

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.jsonfile import read_json
from tierline.mesh.model import EventContract
from tierline.mesh.names import is_service_id
from tierline.mesh.node import INTEGER, MapNode, Node, Scalar, Value, plain_value
from tierline.mesh.source import Source

FOLDER = "contracts/events/"
ENDING = ".json"


def event_of(path: str) -> str | None:
    """The event that a path of the mesh is the contract of; None for other paths."""
    name = path.removeprefix(FOLDER)
    if name == path or "/" in name or not name.endswith(ENDING):
        return None
    return name.removesuffix(ENDING)


def event_path(event: str) -> str:
    """Where the contract of an event is in its mesh."""
    return f"{FOLDER}{event}{ENDING}"


def parse_event(
    content: bytes, path: str, event: str, service_id: str | None
) -> tuple[EventContract | None, tuple[Defect, ...]]:
    """The contract of `event`, which `service_id` alone produces (None: nobody, or several).

    None where the file is no JSON object or does not say of which event it is.
    """
    source = Source(path, "event-contracts", service_id)
    root = read_json(content, source)
    document = None if root is None else source.fields(root, "the contract")
    if document is None:
        return None, tuple(source.defects)
    stated = _text(document, "event_type", source)
    if stated and stated != event:
        message = f"event_type {clean(stated)} in the file of {clean(event)}"
        source.defect("event-type", message, document.value("event_type"),
                      "name the file after its event")  # fmt: skip
    producer = _text(document, "producer", source)
    if producer and not is_service_id(producer):
        message = f"producer {clean(producer)} is not a service id"
        source.defect("bad-producer", message, document.value("producer"), "write the full id")
    contract = EventContract(
        event=event,
        version=_version(document, source),
        producer=producer,
        payload_schema=_schema(document, source),
        place=source.place(document),
        places={key: source.place(one.key) for key, one in document.fields.items()},
    )
    return contract, tuple(source.defects)


def _text(document: MapNode, key: str, source: Source) -> str:
    node = source.field(document, key, "the contract")
    return "" if node is None else _quoted(node, key, source)


def _quoted(node: Node, key: str, source: Source) -> str:
    if isinstance(node, Scalar) and node.plain:
        source.wrong_kind(node, f"`{key}`", "a text")
        return ""
    return source.text(node, f"`{key}`") or ""


def _version(document: MapNode, source: Source) -> str:
    """A text or a whole number, as text."""
    node = source.field(document, "version", "the contract")
    if node is None:
        return ""
    if isinstance(node, Scalar) and node.plain and INTEGER.fullmatch(node.text):
        return node.text
    return _quoted(node, "version", source)


def _schema(document: MapNode, source: Source) -> dict[str, Value]:
    node = source.field(document, "payload_schema", "the contract")
    fields = None if node is None else source.fields(node, "`payload_schema`")
    if fields is None:
        return {}
    return {key: plain_value(field.value) for key, field in fields.fields.items()}
