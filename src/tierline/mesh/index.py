"""Reads `services/services-index.yaml`; knows nothing of the folders that it points at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field, replace
from itertools import pairwise

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.names import folder_name, index_key, is_event, is_service_id, short_id
from tierline.mesh.node import MapNode, Node, Scalar
from tierline.mesh.profile import Profile
from tierline.mesh.source import Source
from tierline.mesh.yaml import LARGE, read_yaml

PATH = "services/services-index.yaml"
VERSION = 1
EVENT_PREFIX = "EVENT:"


@frozen
class Indexed:
    """One entry of the index as written; `owners` may name services of no mesh.

    `places` are those of `Service.places`.
    """

    service_id: str
    domain: str
    module_path: str
    owners: tuple[str, ...]
    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    serves_http: bool
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])


def parse_index(
    content: bytes, path: str, profile: Profile
) -> tuple[tuple[Indexed, ...] | None, tuple[Defect, ...]]:
    """Entries in written order, each id once. None where the file as a whole cannot be read."""
    source = Source(path, "index")
    root = read_yaml(content, source, LARGE)
    document = None if root is None else source.fields(root, "the index")
    if document is None:
        return None, tuple(source.defects)
    _version(document, source)
    listed = source.field(document, "services")
    items = None if listed is None else source.items(listed, "`services`")
    if items is None:
        return None, tuple(source.defects)
    found: dict[str, Indexed] = {}
    starts: list[tuple[int, str | None]] = []
    later: list[Defect] = []
    again = Source(path, "index")
    for item in items:
        entry, wrong = _entry(item, path, profile)
        later.extend(wrong)
        starts.append((item.line, entry.service_id if entry else None))
        if entry is None:
            continue
        if (first := found.get(entry.service_id)) is not None:
            message = f"{entry.service_id} is declared again (first in line {first.place.line})"
            again.defect("duplicate-service", message, entry.place, "keep one of the two")
        else:
            found[entry.service_id] = entry
    _assign(starts, source.defects)
    source.defects.extend(again.defects)
    _short_ids(found, source)
    _order(list(found.values()), source)
    return tuple(found.values()), (*source.defects, *later)


def _version(document: MapNode, source: Source) -> None:
    node = source.field(document, "version")
    number = None if node is None else source.integer(node, "`version`")
    if number not in {None, VERSION}:
        message = f"version {number} (tierline reads {VERSION})"
        source.defect("version", message, node, "use a tierline that knows this version")


def _entry(item: Node, path: str, profile: Profile) -> tuple[Indexed | None, tuple[Defect, ...]]:
    loose = Source(path, "index")
    fields = loose.fields(item, "an entry of `services`")
    id_node = None if fields is None else loose.field(fields, "service_id", "an entry")
    service_id = None if id_node is None else loose.text(id_node, "`service_id`")
    if fields is None or id_node is None or service_id is None:
        return None, tuple(loose.defects)
    if not is_service_id(service_id):
        message = f"{clean(service_id)} is not a service id"
        loose.defect("bad-id", message, id_node, "write a letter, digits, `-`, words: M05-Name")
        return None, tuple(loose.defects)
    source = Source(path, "index", service_id)
    places: dict[str, Place] = {}
    reader = _EntryReader(source, fields, places)
    domain = reader.word("cluster")
    architecture = reader.word("architecture")
    if architecture not in {"", "microservice"}:
        message = f"architecture {clean(architecture)} in an index of microservices"
        source.defect("architecture", message, places["architecture"], "list microservices only")
    if domain and domain not in profile.domains:
        message = f"domain {clean(domain)} is not one of {', '.join(profile.domains)}"
        source.defect("unknown-domain", message, places["cluster"],
                      "correct it, or declare it in the profile of tierline.toml")  # fmt: skip
    module_path = reader.word("module_path")
    expected = f"mesh/services/{domain}/{folder_name(service_id)}"
    if module_path and domain and module_path != expected:
        message = f"module_path {clean(module_path)} is not {expected}"
        source.defect("module-path", message, places["module_path"], f"write {expected}")
    entry = Indexed(
        service_id=service_id,
        domain=domain,
        module_path=module_path,
        owners=reader.owners(),
        consumes=reader.events("event_deps"),
        produces=tuple(name for name in reader.provides() if name != "http"),
        serves_http="provides:http" in places,
        place=source.place(id_node),
        places=places,
    )
    return entry, tuple(source.defects)


class _EntryReader:
    """Asks one entry of the index for its parts and keeps where they stand."""

    def __init__(self, source: Source, fields: MapNode, places: dict[str, Place]) -> None:
        self._source = source
        self._fields = fields
        self._places = places

    def word(self, key: str) -> str:
        """The text of a required key, "" where there is none."""
        node = self._source.field(self._fields, key, "the entry")
        if node is None:
            return ""
        self._places[key] = self._source.place(node)
        return self._source.text(node, f"`{key}`") or ""

    def owners(self) -> tuple[str, ...]:
        """`dbr_deps`, without what is no service id."""
        found = self._list("dbr_deps")
        for node in found:
            if not is_service_id(node.text):
                message = f"{clean(node.text)} in `dbr_deps` is not a service id"
                self._source.defect("bad-id", message, node, "write the owner's full service id")
        return tuple(node.text for node in found if is_service_id(node.text))

    def events(self, key: str) -> tuple[str, ...]:
        """A list of event names."""
        return tuple(node.text for node in self._list(key) if self._event(node.text, node, key))

    def provides(self) -> tuple[str, ...]:
        """`provides`: `http`, and events without their prefix."""
        names: list[str] = []
        for node in self._list("provides"):
            name = node.text.removeprefix(EVENT_PREFIX)
            if node.text == "http":
                names.append(name)
            elif name == node.text:
                message = f"{clean(name)} in `provides` is neither `http` nor `EVENT:<name>`"
                self._source.defect("bad-provides", message, node, "write `EVENT:<name>`")
            elif self._event(name, node, "provides"):
                names.append(name)
        return tuple(names)

    def _event(self, name: str, node: Scalar, key: str) -> bool:
        if is_event(name):
            return True
        message = f"{clean(name)} in `{key}` is not the name of an event"
        self._source.defect("bad-event", message, node, "write letters, digits, `_`, `-`, `.`")
        return False

    def _list(self, key: str) -> tuple[Scalar, ...]:
        node = self._source.field(self._fields, key, "the entry")
        nodes = None if node is None else self._source.texts(node, f"`{key}`")
        kept: dict[str, Scalar] = {}
        for found in nodes or ():
            if found.text in kept:
                message = f"{clean(found.text)} stands twice in `{key}`"
                self._source.defect("duplicate-entry", message, found, "keep one of the two")
                continue
            if kept and found.text < next(reversed(kept)):
                message = f"{clean(found.text)} in `{key}` is out of order"
                self._source.defect("order", message, found, "generate the index again")
            kept[found.text] = found
            self._places[f"{key}:{found.text}"] = self._source.place(found)
        return tuple(kept.values())


def _assign(starts: list[tuple[int, str | None]], defects: list[Defect]) -> None:
    """Give what reading the YAML complained of to the service in whose entry it stands.

    `starts` are the first lines of entries with their service ids; entries that share a line say
    nothing.
    """
    lines = [line for line, _ in starts]
    if len(set(lines)) < len(lines):
        return
    for at, defect in enumerate(defects):
        entry = bisect_right(lines, defect.place.line) - 1
        if entry >= 0:
            defects[at] = replace(defect, service_id=starts[entry][1])


def _short_ids(found: Mapping[str, Indexed], source: Source) -> None:
    first: dict[str, str] = {}
    for service_id, entry in found.items():
        other = first.setdefault(short_id(service_id), service_id)
        if other != service_id:
            message = f"{service_id} has the short id of {other}"
            source.defect("duplicate-short-id", message, entry.place, "give one of them another")


def _order(entries: list[Indexed], source: Source) -> None:
    for before, entry in pairwise(entries):
        if index_key(entry.service_id) < index_key(before.service_id):
            message = f"{entry.service_id} stands after {before.service_id}"
            source.defect("order", message, entry.place, "generate the index again")
