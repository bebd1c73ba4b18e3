"""Has buf compare the proto files of two revisions that can meet; judges nothing.

Each pair is one file as the consumer goes by it, against the same file as the provider has it, by buf's
own default rules: settings of a mesh could hide a file. What a file imports beyond Google's own types
was not kept with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tierline.boundary.judge import Compared
from tierline.boundary.shipment import UNUSED, Shipment
from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.contracts.proto import FOLDER, Message, Unsaid
from tierline.evidence.buf import Buf, find_buf
from tierline.facts.revision import UNKNOWN
from tierline.mesh.defect import Place
from tierline.mesh.tree import Entry
from tierline.regex import regex

MOST_PAIRS = 60
"""that buf is asked about for one release: each takes it a moment"""
_IMPORT = regex(r'(?m)^\s*import\s+(?:public\s+|weak\s+)?"([^"\n]{1,300})"')
_BROKEN = frozenset({Side.CONSUMER})
Answer = tuple[Change, ...] | str


def proto_pairs(
    root: Path, shipments: Iterable[Shipment], contents: Mapping[str, Entry]
) -> Mapping[Compared, Answer]:
    """What buf says of every two proto files that differ and can meet, or why it says nothing."""
    wanted = list(dict.fromkeys(_wanted(tuple(shipments))))
    if not wanted:
        return {}
    buf = find_buf(root)
    found: dict[Compared, Answer] = {}
    for number, key in enumerate(wanted):
        if isinstance(buf, Unsaid):
            found[key] = f"{key[0]} differs, and {buf.reason}"
        elif number >= MOST_PAIRS:
            found[key] = f"{key[0]} is one of more than {MOST_PAIRS} pairs of proto files"
        else:
            found[key] = _compared(buf, key, contents)
    return found


def _wanted(shipments: tuple[Shipment, ...]) -> Iterator[Compared]:
    given: dict[str, set[str]] = {}
    for one in shipments:
        for path, digest in one.provides.items():
            if path.endswith(".proto") and digest != UNKNOWN:
                given.setdefault(path, set()).add(digest)
    for one in shipments:
        for path, digest in one.consumes.items():
            taken = one.uses.get(path) or digest
            if taken not in {UNKNOWN, UNUSED}:
                others = sorted(given.get(path, set()) - {taken})
                yield from ((path, taken, other) for other in others)


def _compared(buf: Buf, key: Compared, contents: Mapping[str, Entry]) -> Answer:
    path, *digests = key
    sides: list[Mapping[str, bytes]] = []
    for digest in digests:
        entry = contents.get(digest)
        text = entry.content if entry else None
        if text is None:
            return f"{path}: its content was not kept"
        others = [name for name in _imports(text) if not name.startswith("google/protobuf/")]
        if others:
            return f"{path} imports {others[0]}, which is not kept with it"
        sides.append({path.removeprefix(FOLDER): text})
    said = buf.breaking(sides[1], sides[0])
    if isinstance(said, Unsaid):
        return f"{path}: {said.reason}"
    return tuple(_change(path, one) for one in said.messages)


def _imports(text: bytes) -> list[str]:
    return _IMPORT.findall(text.decode(errors="replace"))


def _change(path: str, one: Message) -> Change:
    spot = Spot("", Place(path, one.line, one.column))
    rule = one.rule.lower().replace("_", "-")
    return Change(Kind.PROTO, rule, one.rule, one.text, None, spot, _BROKEN)
