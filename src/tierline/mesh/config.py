"""Reads a service's `configs/default.yaml`; does not know what its addresses lead to."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Config, Port
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml
from tierline.regex import regex

PATH = "configs/default.yaml"
PORTS = ("http_port", "grpc_port")
_PORT_KEYS = frozenset(f"service.{name}" for name in PORTS)
LISTS = ("_brokers", "_hosts", "_urls", "_addresses")
"""endings of keys whose values are lists"""
NUMBERS = ("_port", "_ms", "_seconds", "_count", "_size", "_bytes", "_limit", "_retries")
"""endings of keys whose values are numbers"""

_REFERENCE = regex(r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::?-([^{}]*))?\}")
_NEEDED = regex(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_HIGHEST_PORT = 65535


def parse_config(
    content: bytes, path: str, service_id: str
) -> tuple[Config | None, tuple[Defect, ...]]:
    """The configuration as far as it can be read. None where it is no mapping at all."""
    source = Source(path, "config", service_id)
    root = read_yaml(content, source)
    document = None if root is None else source.fields(root, "the configuration")
    if document is None:
        return None, tuple(source.defects)
    places: dict[str, Place] = {}
    _note_places(document, "", source, places)
    service = _section(document, "service", source, required=True)
    needs = dict(_needs(document, source, places))
    config = Config(
        service_id=_word(service, "id", "service.id", source),
        domain=_word(service, "cluster", "service.cluster", source),
        ports=_ports(service, source),
        dependencies=_dependencies(document, source),
        otlp_endpoint=_otlp_endpoint(document, source),
        places=places,
        needs=needs,
    )
    return config, tuple(source.defects)


def _needs(
    document: MapNode, source: Source, places: dict[str, Place]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every key whose value refers to variables, however deep it lies, in written order."""
    waiting: list[tuple[str, Node]] = [("", document)]
    while waiting:
        key, node = waiting.pop()
        if isinstance(node, MapNode):
            before = f"{key}." if key else ""
            inner = [(before + name, one.value) for name, one in node.fields.items()]
            waiting += reversed(inner)
            continue
        items = node.items if isinstance(node, ListNode) else (node,)
        texts = [item.text for item in items if isinstance(item, Scalar)]
        if not any("${" in text for text in texts):
            continue
        names = tuple(dict.fromkeys(name for text in texts for name in _NEEDED.findall(text)))
        if names and key not in _PORT_KEYS:
            places.setdefault(key, source.place(node))
            yield key, names
        if isinstance(node, Scalar) and not key.startswith("dependencies."):
            _only_a_variable(key, node, source)


def _only_a_variable(key: str, node: Scalar, source: Source) -> None:
    """A variable where readers expect something that no text can be."""
    if _REFERENCE.fullmatch(node.text) is None or key in _PORT_KEYS:
        return
    if key.endswith(LISTS):
        fix = f"write a list, also where a variable gives its entries: {clean(key)}: [...]"
        message = f"`{clean(key)}` is a variable where its name says that a list belongs"
        source.defect("variable-for-list", message, node, fix)
    elif key.endswith(NUMBERS) and _NEEDED.fullmatch(node.text):
        message = f"`{clean(key)}` is a variable without a default where a number belongs"
        fix = "write the number that holds without any variable: ${LIMIT:-100}"
        source.defect("variable-for-number", message, node, fix)


def _section(document: MapNode, key: str, source: Source, *, required: bool) -> MapNode | None:
    node = source.field(document, key) if required else document.value(key)
    if node is None or (not required and isinstance(node, Scalar) and node.empty):
        return None
    return source.fields(node, f"`{key}`")


def _word(section: MapNode | None, key: str, what: str, source: Source) -> str:
    node = None if section is None else source.field(section, key, "`service`")
    return "" if node is None else source.text(node, f"`{what}`") or ""


def _ports(service: MapNode | None, source: Source) -> tuple[Port, ...]:
    found: list[Port] = []
    for key in PORTS:
        node = None if service is None else service.value(key)
        if node is None:
            if service is not None and key == PORTS[0]:
                source.field(service, key, "`service`")
            continue
        number = _port(node, f"`service.{key}`", source)
        if number is not None:
            found.append(Port(key.removesuffix("_port"), number))
    return tuple(found)


def _port(node: Node, what: str, source: Source) -> int | None:
    """A port's number; 0 for a `${VAR}` without a default, because the environment decides."""
    if isinstance(node, Scalar) and (match := _REFERENCE.fullmatch(node.text)) is not None:
        default = match[1] or "0"
        number = (
            int(default) if default.isascii() and default.isdigit() and len(default) < 7 else -1
        )
    elif (found := source.integer(node, what)) is None:
        return None
    else:
        number = found or -1
    if 0 <= number <= _HIGHEST_PORT:
        return number
    source.defect("bad-port", f"{what}: not a port", node, "write a number from 1 to 65535")
    return None


def _dependencies(document: MapNode, source: Source) -> dict[str, str | tuple[str, ...]]:
    section = _section(document, "dependencies", source, required=False)
    found: dict[str, str | tuple[str, ...]] = {}
    for key, field in section.fields.items() if section is not None else ():
        what = f"`dependencies.{clean(key)}`"
        node = field.value
        if isinstance(node, MapNode):
            source.wrong_kind(node, what, "an address or a list of them")
        elif isinstance(node, Scalar):
            text = "" if node.empty else source.text(node, what) if node.text else ""
            if text is None:
                continue
            if key.endswith(LISTS):
                source.defect(
                    "not-a-list", f"{what}: a string where a list belongs", node,
                    f"write a list, also where a variable gives its entries: {clean(key)}: [...]",
                )  # fmt: skip
            found[key] = text
        else:
            texts = source.texts(node, what)
            found[key] = tuple(item.text for item in texts or ())
    return found


def _otlp_endpoint(document: MapNode, source: Source) -> str:
    section = _section(document, "observability", source, required=False)
    node = None if section is None else section.value("otlp_endpoint")
    if node is None or (isinstance(node, Scalar) and not node.text):
        return ""
    return source.text(node, "`observability.otlp_endpoint`") or ""


def _note_places(node: MapNode, prefix: str, source: Source, places: dict[str, Place]) -> None:
    """Two levels deep: that is as far as the file goes."""
    for key, field in node.fields.items():
        places[f"{prefix}{key}"] = source.place(field.value)
        if not prefix and isinstance(field.value, MapNode):
            _note_places(field.value, f"{key}.", source, places)
