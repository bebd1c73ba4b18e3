"""A sentence of a document and where it stands; knows nothing of what it is about."""

from __future__ import annotations

from itertools import islice

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Place
from tierline.mesh.markdown import plain
from tierline.mesh.redact import without_secrets
from tierline.regex import regex

LONGEST = 400
"""characters of a statement that are kept"""
PARAGRAPH = 20_000
"""characters of a paragraph that count"""
MOST = 200
"""statements of one kind that one document may give"""

_ENDS = regex(r"(?<=[.;!?])\s+(?=[^a-z]|[a-z]+s\b)")


@frozen
class Statement:
    """What a document says, as one clean line without secrets."""

    text: str
    place: Place


def stated(text: str, place: Place) -> Statement:
    """The statement that a piece of Markdown makes."""
    return Statement(clean(without_secrets(plain(text[: 4 * LONGEST])), LONGEST), place)


def sentences(text: str) -> tuple[str, ...]:
    """A paragraph's sentences, and the parts that semicolons divide, markup as written."""
    parts = _ENDS.split(" ".join(text[:PARAGRAPH].split()))
    return tuple(part.strip() for part in islice(parts, MOST) if part.strip())
