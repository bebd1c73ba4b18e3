"""The journal's hash chain: a changed, missing or reordered row shows; knows no database."""

from __future__ import annotations

import hashlib

from tierline.errors import PermanentError
from tierline.rollout.codec import decode
from tierline.rollout.events import Recorded

FIX_DAMAGED = (
    "restore the state folder from a backup, or stop what runs (tierline down) and move it away"
)
Row = tuple[int, str, float, int, str, int, str, str, str]
"""(seq, rollout, at, token, type, version, body, previous hash, hash)"""


def seal(environment: str, previous: str, row: tuple[int, str, float, int, str, int, str]) -> str:
    """The hash of a row, which covers the row before it."""
    values = (value + 0.0 if isinstance(value, float) else value for value in row)  # -0.0 is 0.0
    text = "\x1f".join([previous, environment, *map(repr, values)])
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def open_row(place: str, environment: str, row: Row) -> Recorded:
    """The event in a row whose seal is whole; PermanentError names place and row otherwise."""
    seq, rollout, at, token, kind, version, body, previous, sealed = row
    if seal(environment, previous, (seq, rollout, at, token, kind, version, body)) != sealed:
        raise damaged(place, environment, seq)
    return Recorded(seq, rollout, at, token, decode(kind, version, body), previous, sealed)


def damaged(place: str, environment: str, seq: int) -> PermanentError:
    """The error for the journal at `place` whose row `seq` is not what was written."""
    return PermanentError(
        f"{place}: row {seq} of {environment} is not what was written",
        code="journal/damaged",
        fix=FIX_DAMAGED,
    )
