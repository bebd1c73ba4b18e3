"""Reads a service's Compose file: what it runs, by name; judges nothing and expands no variable."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.k8s_model import Variable
from tierline.mesh.k8s_value import child, number, word
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.redact import shown_image
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml
from tierline.regex import regex

PATH = "deploy/compose/service.compose.yaml"
MOST = 100
"""services of one file"""

_SHORT = 80
_PORTS = regex(r"[0-9A-Za-z${}_.:/\[\]-]{1,80}")


@frozen
class Composed:
    """One service of a Compose file. `image` is as it may be shown, None: none is named; `built`: it says how to build.

    `ports` are as written (`8080:8080`); variables are names without values.
    """

    name: str
    image: str | None
    built: bool
    health_checked: bool
    ports: tuple[str, ...]
    variables: tuple[Variable, ...]
    depends_on: tuple[str, ...]
    place: Place
    image_place: Place


def parse_compose(
    content: bytes, path: str, service_id: str
) -> tuple[tuple[Composed, ...] | None, tuple[Defect, ...]]:
    """The services of a file. None where it has no readable `services`."""
    source = Source(path, "compose", service_id)
    root = read_yaml(content, source)
    document = None if root is None else source.fields(root, "the Compose file")
    if document is None:
        return None, tuple(source.defects)
    listed = source.field(document, "services")
    services = None if listed is None else source.fields(listed, "`services`")
    if services is None:
        return None, tuple(source.defects)
    found: list[Composed] = []
    for key, field in services.fields.items():
        node = source.fields(field.value, f"service {clean(key)}")
        if len(found) == MOST:
            source.defect("too-many-values", f"more than {MOST} services", node, "split the file")
            break
        if node is not None:
            found.append(composed_of(key, node, source))
    return tuple(found), tuple(source.defects)


def composed_of(key: str, node: MapNode, source: Source) -> Composed:
    """What people are told of one service of a file."""
    image = node.value("image")
    named = isinstance(image, Scalar) and not image.empty
    build = node.value("build")
    check = child(node, "healthcheck", source)
    return Composed(
        name=clean(key, _SHORT),
        image=shown_image(image.text) if isinstance(image, Scalar) and named else None,
        built=build is not None,
        health_checked=check is not None and word(check, "disable") != "true",
        ports=tuple(_ports(node, source)),
        variables=tuple(_variables(node, source)),
        depends_on=tuple(_names(node, "depends_on")),
        place=source.place(node),
        image_place=source.place(node if image is None else image),
    )


def _ports(node: MapNode, source: Source) -> list[str]:
    listed = node.value("ports")
    if listed is None or (isinstance(listed, Scalar) and listed.empty):
        return []
    found: list[str] = []
    for item in source.items(listed, "`ports`") or ():
        if isinstance(item, MapNode):
            found.append(":".join(filter(None, (word(item, "published"), word(item, "target")))))
        elif isinstance(item, Scalar):
            found.append(item.text)
    return [port for port in found if _PORTS.fullmatch(port)]


def _variables(node: MapNode, source: Source) -> list[Variable]:
    """Names of `environment`, which may be a mapping or a list of `NAME=value`."""
    given = node.value("environment")
    if isinstance(given, MapNode):
        return [
            _variable(key, one.value, source.place(one.key)) for key, one in given.fields.items()
        ]
    if isinstance(given, ListNode):
        found = (item for item in given.items if isinstance(item, Scalar))
        return [_assigned(item, source) for item in found]
    if given is not None and not given.empty:
        source.wrong_kind(given, "`environment`", "a mapping or a list")
    return []


def _assigned(item: Scalar, source: Source) -> Variable:
    name, _, value = item.text.partition("=")
    return _variable(name, item._replace(text=value), source.place(item))


def _variable(name: str, value: Node, place: Place) -> Variable:
    port = number(value, quoted=True) if name.endswith("_PORT") else None
    return Variable(clean(name, _SHORT), "value", place, port)


def _names(node: MapNode, key: str) -> list[str]:
    listed = node.value(key)
    if isinstance(listed, MapNode):
        return [clean(name, _SHORT) for name in listed.fields]
    items = listed.items if isinstance(listed, ListNode) else ()
    return [clean(item.text, _SHORT) for item in items if isinstance(item, Scalar)]
