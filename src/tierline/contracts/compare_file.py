"""What changed in one contract file, from bytes to changes.

A file that came or went, or that cannot be read, is a change, too.
"""

from __future__ import annotations

from dataclasses import replace

from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.contracts.events import compare_events, compare_shared, read_event, read_shared
from tierline.contracts.files import ContractFile, is_shared
from tierline.contracts.openapi.compare import compare_openapi
from tierline.contracts.openapi.document import read_openapi
from tierline.contracts.schema.at import At, Document
from tierline.contracts.shared import NO_LIBRARIES, Libraries, Library
from tierline.mesh.defect import Place
from tierline.mesh.jsonfile import read_json
from tierline.mesh.source import Source
from tierline.mesh.tree import Entry
from tierline.mesh.yaml import read_yaml

_SIDES = {
    Kind.EVENT: (Side.READER, Side.WRITER),
    Kind.OPENAPI: (Side.CONSUMER, Side.PROVIDER),
}
"""who breaks where a contract goes; who breaks where one comes"""


def compare_file(file: ContractFile, shared: Libraries = NO_LIBRARIES) -> tuple[Change, ...]:
    """Everything that changed in one contract file; `shared` is what its references may lead to."""
    goes, comes = _SIDES[file.kind]
    if file.new is None:
        return (_whole(file, "removed", "the contract was removed", goes),)
    if file.old is None:
        change = _whole(file, "added", "the contract is new", comes)
        return (change if file.kind is Kind.OPENAPI else replace(change, breaks=frozenset()),)
    sides: list[At] = []
    for entry, which, beside in ((file.old, "old", shared.old), (file.new, "new", shared.new)):
        read = _read(file, entry, beside)
        if isinstance(read, str):
            return (_unread(file, f"the {which} file cannot be read: {read}"),)
        sides.append(read)
    if is_shared(file.path):
        return compare_shared(file.subject, *sides)
    if file.kind is Kind.EVENT:
        return compare_events(file.subject, *sides)
    return compare_openapi(*sides)


def _opened(file: ContractFile, document: Document) -> At:
    if is_shared(file.path):
        return read_shared(document)
    return read_event(document) if file.kind is Kind.EVENT else read_openapi(document)


def _read(file: ContractFile, entry: Entry, beside: Library) -> At | str:
    """The document; a text says why there is none."""
    if entry.content is None:
        return entry.trouble or "its content was not gathered"
    parse = read_json if file.path.endswith(".json") else read_yaml
    source = Source(file.shown, "")
    node = parse(entry.content, source)
    if node is None or source.defects:
        told = source.defects[0] if source.defects else None
        return f"line {told.place.line}: {told.message}" if told else "it is empty"
    return _opened(file, Document(file.shown, node, path=file.path, beside=beside))


def _whole(file: ContractFile, rule: str, message: str, side: Side) -> Change:
    spot = Spot("/", Place(file.shown))
    old, new = (spot if entry else None for entry in (file.old, file.new))
    return Change(file.kind, rule, file.subject, message, old, new, frozenset({side}))


def _unread(file: ContractFile, message: str) -> Change:
    goes, comes = _SIDES[file.kind]
    change = _whole(file, "undecided", message, goes)
    return replace(change, breaks=frozenset(), unknown=frozenset({goes, comes}))
