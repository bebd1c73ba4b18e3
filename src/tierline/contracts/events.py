"""Two versions of an event's contract: whom does a change of its payload break?

Both directions matter: readers built for the old contract meet what is written by the new one, and
readers of the new one meet events that were written long ago.
"""

from __future__ import annotations

from dataclasses import replace

from tierline.contracts.change import Change, Kind, Side
from tierline.contracts.schema.at import At, Dialect, Document, dialect_of, root_of
from tierline.contracts.schema.compare import Subject, merged
from tierline.contracts.schema.walk import refusals_of
from tierline.mesh.node import MapNode

_SCHEMA = "payload_schema"
READER, WRITER = Side.READER, Side.WRITER


def compare_events(event: str, old: At, new: At) -> tuple[Change, ...]:
    """Every change between two event contracts; `old` and `new` are their files' values."""
    before, after = payload(old), payload(new)
    subject = Subject(Kind.EVENT, event, WRITER, READER)
    if before is None or after is None:
        return (_without(event, old, new, before is None),)
    return merged(subject, refusals_of(before, after), refusals_of(after, before))


def compare_shared(name: str, old: At, new: At) -> tuple[Change, ...]:
    """Every change between two versions of a schema that contracts share, for readers and writers."""
    subject = Subject(Kind.EVENT, name, WRITER, READER)
    return merged(subject, refusals_of(old, new), refusals_of(new, old))


def read_event(document: Document) -> At:
    """An event's contract as `compare_events` takes it."""
    return root_of(document)


def read_shared(document: Document) -> At:
    """A schema by itself as `compare_shared` takes it."""
    at = root_of(document)
    return root_of(replace(document, dialect=dialect_of(at) or Dialect.MODERN))


def payload(contract: At) -> At | None:
    """The schema of the payload; references in it begin there. None where there is none."""
    schema = contract.child(_SCHEMA)
    if schema is None or not (isinstance(schema.node, MapNode) or schema.boolean() is not None):
        return None
    dialect = dialect_of(schema) or Dialect.MODERN
    whole = contract.document
    return root_of(replace(whole, root=schema.node, dialect=dialect, base=f"/{_SCHEMA}"))


def _without(event: str, old: At, new: At, before: bool) -> Change:
    which = "old" if before else "new"
    message = f"the {which} contract has no `{_SCHEMA}`, so nothing can be compared"
    both = frozenset({READER, WRITER})
    return Change(Kind.EVENT, "undecided", event, message, old.spot(), new.spot(), unknown=both)
