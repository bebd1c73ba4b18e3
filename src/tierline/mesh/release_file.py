"""Reads `deploy/release.yaml` of a service: what a revision does with data and brings; judges nothing.

data:
  epoch: 4                    # newest migration, where it is not the number of the newest file
  accepts: [3, 4]             # epochs that this revision works with
  reads: {orders: [1, 2]}     # store -> formats
  writes: {orders: [2]}
  owns: [orders]
migrations:
  irreversible: ["0004"]      # numbers, or numbers with names, of migrations
signals: [metrics, traces]    # telemetry that it is expected to bring
"""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.mesh.defect import Defect
from tierline.mesh.names import nearest
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml

RELEASE_FILE = "deploy/release.yaml"
GATE = "release"
_DATA = ("epoch", "accepts", "reads", "writes", "owns")
_MIGRATIONS = ("irreversible",)
_SIGNALS = ("logs", "metrics", "traces")


@frozen
class ReleaseFile:
    """What such a file says; formats are written `store=format`. Empty where it says nothing."""

    epoch: int = 0
    accepts: tuple[int, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    irreversible: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()


def parse_release(
    content: bytes, path: str, service_id: str | None
) -> tuple[ReleaseFile, tuple[Defect, ...]]:
    """What the file says, as far as it can be understood, and everything that cannot."""
    source = Source(path, GATE, service_id)
    root = read_yaml(content, source)
    document = None if root is None else source.fields(root, "the file")
    if document is None:
        return ReleaseFile(), tuple(source.defects)
    _known(document, ("data", "migrations", "signals"), "", source)
    data = _part(document, "data", _DATA, source)
    steps = _part(document, "migrations", _MIGRATIONS, source)
    found = ReleaseFile(
        epoch=_epoch(data, source),
        accepts=_accepts(data, source),
        reads=_formats(data, "reads", source),
        writes=_formats(data, "writes", source),
        owns=_texts(data, "owns", "data", source),
        irreversible=_texts(steps, "irreversible", "migrations", source),
        signals=_signals(document, source),
    )
    return found, tuple(source.defects)


def _known(node: MapNode, known: tuple[str, ...], where: str, source: Source) -> None:
    for key, field in node.fields.items():
        if key not in known:
            near = nearest(key, known)
            fix = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            source.defect("unknown-key", f"{where}{key}: is not a key", field.key, fix)


def _part(document: MapNode, key: str, known: tuple[str, ...], source: Source) -> MapNode | None:
    node = document.value(key)
    part = None if node is None else source.fields(node, key)
    if part is not None:
        _known(part, known, f"{key}.", source)
    return part


def _epoch(data: MapNode | None, source: Source) -> int:
    node = data.value("epoch") if data else None
    return 0 if node is None else source.integer(node, "data.epoch") or 0


def _accepts(data: MapNode | None, source: Source) -> tuple[int, ...]:
    node = data.value("accepts") if data else None
    items = None if node is None else source.items(node, "data.accepts")
    if node is None or items is None:
        return ()
    numbers = [source.integer(item, "an entry of data.accepts") for item in items]
    if len(numbers) != 2 or None in numbers or numbers != sorted(n or 0 for n in numbers):
        message = "data.accepts: the lowest and the highest epoch belong here"
        source.defect("bad-interval", message, node, "write for example [3, 4]")
        return ()
    return tuple(number or 0 for number in numbers)


def _formats(data: MapNode | None, key: str, source: Source) -> tuple[str, ...]:
    node = data.value(key) if data else None
    stores = None if node is None else source.fields(node, f"data.{key}")
    if stores is None:
        return ()
    return tuple(
        f"{store}={form}"
        for store, field in stores.fields.items()
        for form in _listed(field.value, f"data.{key}.{store}", source)
    )


def _texts(part: MapNode | None, key: str, where: str, source: Source) -> tuple[str, ...]:
    node = part.value(key) if part else None
    return () if node is None else _listed(node, f"{where}.{key}", source)


def _signals(document: MapNode, source: Source) -> tuple[str, ...]:
    """The kinds of telemetry that are listed, in one order; a word that is none is a defect."""
    node = document.value("signals")
    if node is None:
        return ()
    items = node.items if isinstance(node, ListNode) else (node,)
    words = {item.text for item in items if isinstance(item, Scalar)}
    for item in items:
        if not isinstance(item, Scalar) or item.text not in _SIGNALS:
            source.wrong_kind(item, "an entry of signals", "logs, metrics or traces")
    return tuple(kind for kind in _SIGNALS if kind in words)


def _listed(node: Node, what: str, source: Source) -> tuple[str, ...]:
    """A list of texts or numbers, or one alone."""
    items = node.items if isinstance(node, ListNode) else (node,)
    found: list[str] = []
    for item in items:
        text = source.text(item, f"an entry of {what}") if isinstance(item, Scalar) else None
        if not isinstance(item, Scalar):
            source.wrong_kind(item, f"an entry of {what}", "a text or number")
        if text is not None:
            found.append(text)
    return tuple(found)
