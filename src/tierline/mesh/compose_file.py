"""Reads a Compose file for who judges it: what it declares, and everything by which it reaches out.

Values are as written, `${VAR}` included; whether the file fits the Compose specification is told by
its schema, so that what has another shape than that is passed over here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from tierline.frozen import frozen
from tierline.mesh.compose import MOST, Composed, composed_of
from tierline.mesh.compose_rights import rights_of
from tierline.mesh.compose_schema import not_compose
from tierline.mesh.defect import Defect, Place
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml
from tierline.regex import regex

SHARED = ("networks", "volumes", "secrets", "configs")
"""what services of a file use by name and the file declares at its top"""
_ASKED = regex(r"\$\$|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)(?::?\?[^{}]*)?\}", re.ASCII)


@frozen
class Named:
    """A word of the file, and where it stands."""

    text: str
    place: Place


@frozen
class Reach:
    """A path that the file names. `base` is what it is relative to, besides the file's folder.

    `what` is in words: `build context`, `env_file`, ...; `needed`: Compose fails without it.
    """

    what: str
    text: str
    place: Place
    base: str = ""
    needed: bool = True


@frozen
class Published:
    """A port of the host (None: Compose chooses) that leads to one of the container."""

    host: str
    port: int | None
    target: int | None
    protocol: str
    place: Place


@frozen
class Part:
    """One service of a Compose file. `uses` maps networks, volumes, ... to the names it uses.

    `extended`: file ("" for the same) and service that it takes over from. `told` is what people
    are shown of it.
    """

    name: str
    told: Composed
    image: str
    reaches: tuple[Reach, ...]
    rights: tuple[Named, ...]
    published: tuple[Published, ...]
    asks: tuple[Named, ...]
    """texts of its health check"""
    waits_for: tuple[Named, ...]
    uses: Mapping[str, tuple[Named, ...]]
    extended: tuple[Named, str] | None
    place: Place


@frozen
class ComposeFile:
    """`declares` maps networks, volumes, ... to the names at the top of the file."""

    parts: tuple[Part, ...]
    declares: Mapping[str, Mapping[str, Place]]
    reaches: tuple[Reach, ...]
    variables: tuple[Named, ...]
    """variables that it asks for without a default"""
    place: Place


def read_compose(
    content: bytes, shown: str, service_id: str | None
) -> tuple[ComposeFile | None, tuple[Defect, ...]]:
    """The file, and what is wrong with it by itself. None where it is no mapping."""
    source = Source(shown, "compose", service_id)
    root = read_yaml(content, source)
    document = None if root is None else source.fields(root, "the Compose file")
    if document is None:
        return None, tuple(source.defects)
    not_compose(document, source)
    unread = Source(shown, "compose", service_id)
    services = fields_of(document.value("services"))
    parts = [
        _part(name, value, unread)
        for name, (_, value) in list(services.items())[:MOST]
        if isinstance(value, MapNode)
    ]
    declares = {
        kind: {
            name: source.place(key) for name, (key, _) in fields_of(document.value(kind)).items()
        }
        for kind in SHARED
    }
    reaches = tuple(_outside_services(document, unread))
    asked = tuple(_variables(document, source))
    file = ComposeFile(tuple(parts), declares, reaches, asked, source.place())
    return file, tuple(source.defects)


def _variables(document: MapNode, source: Source) -> Iterator[Named]:
    """Each variable once, where it is asked for first."""
    found: dict[str, Named] = {}
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            for match in _ASKED.finditer(node.text) if "$" in node.text else ():
                if name := match[1] or match[2]:
                    found.setdefault(name, Named(name, source.place(node)))
        elif isinstance(node, ListNode):
            waiting += reversed(node.items)
        else:
            waiting += reversed([one.value for one in node.fields.values()])
    yield from found.values()


def _part(name: str, node: MapNode, source: Source) -> Part:
    image = node.value("image")
    return Part(
        name=name,
        told=composed_of(name, node, source),
        image=image.text if isinstance(image, Scalar) and not image.empty else "",
        reaches=tuple(_reaches(node, source)),
        rights=tuple(Named(text, source.place(at)) for text, at in rights_of(node)),
        published=tuple(_published(node, source)),
        asks=tuple(_words(_inside(node, "healthcheck", "test"), source)),
        waits_for=tuple(_names(node.value("depends_on"), source)),
        uses={kind: tuple(_used(node, kind, source)) for kind in SHARED},
        extended=_extended(node, source),
        place=source.place(node),
    )


def fields_of(node: Node | None) -> Mapping[str, tuple[Scalar, Node]]:
    """The fields of a mapping; none of anything else."""
    if not isinstance(node, MapNode):
        return {}
    return {name: (one.key, one.value) for name, one in node.fields.items()}


def _inside(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = node.value(key) if isinstance(node, MapNode) else None
    return node


def _items(node: Node | None) -> tuple[Node, ...]:
    """The items of a list, or the only one where a text may stand for a list."""
    if isinstance(node, ListNode):
        return node.items
    return () if node is None or (isinstance(node, Scalar) and node.empty) else (node,)


def _words(node: Node | None, source: Source) -> Iterator[Named]:
    for item in _items(node):
        if isinstance(item, Scalar) and item.text:
            yield Named(item.text, source.place(item))


def _names(node: Node | None, source: Source) -> Iterator[Named]:
    """Names that may stand in a list or as keys."""
    if isinstance(node, MapNode):
        yield from (Named(name, source.place(one.key)) for name, one in node.fields.items())
    else:
        yield from _words(node, source)


def _reach(what: str, node: Node | None, source: Source, *, needed: bool = True) -> Iterator[Reach]:
    for item in _items(node):
        path = item.value("path") if isinstance(item, MapNode) else item
        optional = isinstance(item, MapNode) and _text(item.value("required")) == "false"
        for word in _words(path, source):
            yield Reach(what, word.text, word.place, needed=needed and not optional)


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _outside_services(document: MapNode, source: Source) -> Iterator[Reach]:
    for item in _items(document.value("include")):
        yield from _reach("include", item, source)
        if isinstance(item, MapNode):
            yield from _reach("env_file", item.value("env_file"), source)
            yield from _reach("project_directory", item.value("project_directory"), source)
    for kind in ("configs", "secrets"):
        for _, value in fields_of(document.value(kind)).values():
            yield from _reach(f"file of {kind}", _inside(value, "file"), source)
    for _, value in fields_of(document.value("volumes")).values():
        device = _inside(value, "driver_opts", "device")
        if _text(device).startswith(("/", ".", "~")):
            yield from _reach("volume", device, source, needed=False)


def _reaches(node: MapNode, source: Source) -> Iterator[Reach]:
    yield from _build(node.value("build"), source)
    yield from _reach("env_file", node.value("env_file"), source)
    yield from _reach("label_file", node.value("label_file"), source)
    yield from _reach("credential_spec", _inside(node, "credential_spec", "file"), source)
    yield from _reach("file to extend", _inside(node, "extends", "file"), source)
    for item in _items(node.value("volumes")):
        yield from _mounted(item, source)
    for item in _items(_inside(node, "develop", "watch")):
        yield from _reach("watched path", _inside(item, "path"), source)


def _build(build: Node | None, source: Source) -> Iterator[Reach]:
    """The context, and the Dockerfile relative to it."""
    if build is None or isinstance(build, ListNode) or (isinstance(build, Scalar) and build.empty):
        return
    context = build if isinstance(build, Scalar) else _inside(build, "context")
    at = build if context is None else context
    base = _text(context) or "."
    yield Reach("build context", base, source.place(at))
    if _inside(build, "dockerfile_inline") is None:
        file = _inside(build, "dockerfile")
        place = source.place(at if file is None else file)
        yield Reach("Dockerfile", _text(file) or "Dockerfile", place, base)
    more = _inside(build, "additional_contexts")
    for name, (_, value) in fields_of(more).items():
        yield from _reach(f"build context {name}", value, source)
    for word in _words(more, source) if not isinstance(more, MapNode) else ():
        yield Reach("build context", word.text.partition("=")[2], word.place)


def _mounted(item: Node, source: Source) -> Iterator[Reach]:
    """What a service mounts from the host; named volumes are no paths."""
    if isinstance(item, MapNode):
        if _text(item.value("type")) == "bind":
            yield from _reach("volume", item.value("source"), source, needed=False)
    elif isinstance(item, Scalar):
        first, colon, _ = item.text.partition(":")
        if colon and first.startswith(("/", ".", "~", "$")):
            yield Reach("volume", first, source.place(item), needed=False)


def _used(node: MapNode, kind: str, source: Source) -> Iterator[Named]:
    """The names of one kind that a service uses."""
    listed = node.value(kind)
    if kind == "networks":
        yield from _names(listed, source)
        return
    for item in _items(listed):
        if isinstance(item, MapNode):
            if kind != "volumes" or _text(item.value("type")) == "volume":
                yield from _words(item.value("source"), source)
        elif isinstance(item, Scalar) and kind != "volumes":
            yield Named(item.text, source.place(item))
        elif isinstance(item, Scalar):
            first, colon, _ = item.text.partition(":")
            if colon and first and not first.startswith(("/", ".", "~", "$")):
                yield Named(first, source.place(item))


def _extended(node: MapNode, source: Source) -> tuple[Named, str] | None:
    told = node.value("extends")
    named = told if isinstance(told, Scalar) else _inside(told, "service")
    if not isinstance(named, Scalar) or named.empty:
        return None
    return Named(named.text, source.place(named)), _text(_inside(told, "file"))


def _published(node: MapNode, source: Source) -> Iterator[Published]:
    for item in _items(node.value("ports")):
        place = source.place(item)
        if isinstance(item, MapNode):
            host, protocol = _text(item.value("host_ip")), _text(item.value("protocol"))
            pairs = _ranges(_text(item.value("published")), _text(item.value("target")))
        elif isinstance(item, Scalar):
            host, pairs, protocol = _short(item.text)
        else:
            continue
        for port, target in pairs:
            yield Published(host, port, target, protocol or "tcp", place)


def _short(text: str) -> tuple[str, Iterable[tuple[int | None, int | None]], str]:
    """`[HOST:]PUBLISHED:TARGET[/PROTOCOL]`; ranges are `3000-3005`."""
    whole, _, protocol = text.partition("/")
    rest, _, target = whole.rpartition(":")
    host, _, published = rest.rpartition(":")
    return host.strip("[]"), _ranges(published, target), protocol


def _ranges(published: str, target: str) -> list[tuple[int | None, int | None]]:
    hosts, targets = _range(published), _range(target)
    if len(hosts) == len(targets):
        return list(zip(hosts, targets, strict=True))
    return [(host, None) for host in hosts] if hosts else [(None, one) for one in targets]


def _range(text: str) -> list[int | None]:
    first, dash, last = text.partition("-")
    if not (first.isascii() and first.isdigit() and len(first) < 6):
        return []
    if not dash:
        return [int(first)]
    good = last.isascii() and last.isdigit() and len(last) < 6
    return [*range(int(first), min(int(last), int(first) + 1000) + 1)] if good else []
