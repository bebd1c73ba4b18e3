"""Reads from a journal file which rollouts brought services to where they are; nothing else.

For `check`, which must answer before SQLAlchemy is imported: plain SQL on a file that is only read.
Rows are not compared with their hashes here; whoever uses the answer compares it with the repository.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterator, Set
from contextlib import closing
from pathlib import Path

from tierline.errors import PermanentError
from tierline.facts.origin import NOWHERE, Origin, Ran
from tierline.rollout.codec import decode
from tierline.rollout.events import Action, RolloutRequested

MOST_ROLLOUTS = 100
"""the newest that are looked at: services that nobody released since count as never released"""
_FIX = "free space or permissions there, then run the same command again"
_SECONDS = 2.0
"""how long somebody else's writing is waited for"""
_ROLLOUTS = (
    "SELECT rollout, MIN(seq) AS first FROM journal WHERE environment = ?"
    " GROUP BY rollout ORDER BY first DESC LIMIT ?"
)
_REQUEST = "SELECT type, version, body FROM journal WHERE environment = ? AND seq = ?"
_VERIFIED = (
    "SELECT json_extract(body, '$.key') FROM journal WHERE environment = ? AND rollout = ?"
    " AND type = 'service.judged' AND json_extract(body, '$.verdict') = 'verified'"
)


def released(journal: Path, environment: str, services: Set[str]) -> tuple[Ran, ...]:
    """The rollouts that verified these services last, the oldest first, each with its services.

    Services that no rollout verified are in none. PermanentError where the file cannot be read.
    """
    try:
        with closing(_opened(journal)) as connection:
            return tuple(reversed(list(_newest_first(connection, environment, services))))
    except (sqlite3.Error, OSError, ValueError) as error:
        raise PermanentError(
            f"{journal} cannot be read: {error}", code="store/unavailable", fix=_FIX
        ) from error


def _opened(journal: Path) -> sqlite3.Connection:
    """A connection that only reads; on a medium that nobody may write to, of the file as it lies."""
    place = journal.absolute().as_uri()
    connection = sqlite3.connect(f"{place}?mode=ro", uri=True, timeout=_SECONDS)
    try:
        connection.execute("SELECT 1 FROM journal LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        tail = journal.with_name(f"{journal.name}-wal")
        if tail.exists() and tail.stat().st_size:
            raise
        connection = sqlite3.connect(f"{place}?mode=ro&immutable=1", uri=True)
    return connection


def _newest_first(
    connection: sqlite3.Connection, environment: str, services: Set[str]
) -> Iterator[Ran]:
    missing = set(services)
    for rollout, first in connection.execute(_ROLLOUTS, (environment, MOST_ROLLOUTS)).fetchall():
        if not missing:
            return
        requested = _requested(connection, environment, first)
        unchanged = requested.unchanged if requested else ()
        started = _verified(connection, environment, rollout, unchanged)
        if found := sorted(started & missing):
            yield Ran(rollout, _origin(requested), tuple(found))
        missing -= started


def _requested(
    connection: sqlite3.Connection, environment: str, seq: int
) -> RolloutRequested | None:
    """The row that a rollout begins with; None where another kind of row is there."""
    event = decode(*connection.execute(_REQUEST, (environment, seq)).fetchone())
    return event if isinstance(event, RolloutRequested) else None


def _verified(
    connection: sqlite3.Connection, environment: str, rollout: str, unchanged: Container[str]
) -> set[str]:
    """Services that a rollout started or found unchanged, and verified.

    A key is `rollout/service/action/attempt`. An owner from outside the plan is only looked at.
    """
    found: set[str] = set()
    for (key,) in connection.execute(_VERIFIED, (environment, rollout)):
        _, name, action, _ = str(key).rsplit("/", 3)
        if action != Action.CHECK or name in unchanged:
            found.add(name)
    return found


def _origin(requested: RolloutRequested | None) -> Origin:
    if requested is None:
        return NOWHERE
    return Origin(requested.commit, requested.contracts, requested.uncommitted)
