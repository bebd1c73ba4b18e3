"""Two versions of an event's contract: whom does a change of its payload break?

Both directions matter: readers built for the old contract meet what is written by the new one, and
readers of the new one meet events that were written long ago.
"""

from __future__ import annotations

from tierline.contracts.change import Change, Kind, Side
from tierline.contracts.schema.at import At, Dialect, Document, root_of
from tierline.contracts.schema.compare import Subject, merged
from tierline.contracts.schema.walk import refusals_of
from tierline.mesh.node import MapNode, Node

_SCHEMA = "payload_schema"
_OLD_DRAFTS = ("draft-03", "draft-04", "draft-05", "draft-06", "draft-07")
READER, WRITER = Side.READER, Side.WRITER


def compare_events(event: str, old: At, new: At) -> tuple[Change, ...]:
    """Every change between two event contracts; `old` and `new` are their files' values."""
    before, after = payload(old), payload(new)
    subject = Subject(Kind.EVENT, event, WRITER, READER)
    if before is None or after is None:
        return (_without(event, old, new, before is None),)
    return merged(subject, refusals_of(before, after), refusals_of(after, before))


def read_event(shown: str, root: Node) -> At:
    """An event's contract as `compare_events` takes it; `shown` is its path in messages."""
    return root_of(Document(shown, root))


def payload(contract: At) -> At | None:
    """The schema of the payload; references in it begin there. None where there is none."""
    schema = contract.child(_SCHEMA)
    if schema is None or not (isinstance(schema.node, MapNode) or schema.boolean() is not None):
        return None
    named = str(schema.value("$schema") or "")
    old = any(draft in named for draft in _OLD_DRAFTS)
    dialect = Dialect.DRAFT_7 if old else Dialect.MODERN
    document = Document(contract.document.shown, schema.node, dialect, base=f"/{_SCHEMA}")
    return root_of(document)


def _without(event: str, old: At, new: At, before: bool) -> Change:
    which = "old" if before else "new"
    message = f"the {which} contract has no `{_SCHEMA}`, so nothing can be compared"
    both = frozenset({READER, WRITER})
    return Change(Kind.EVENT, "undecided", event, message, old.spot(), new.spot(), unknown=both)
