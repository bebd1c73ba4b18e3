"""What telemetry arrived so far, per sender and kind; remembers it for a successor.

Counts of a gap without supervisor are missing: a sum is what arrived here, never what was sent.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tierline.facts.evidence import SignalKind
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.telemetry.decode import Batch

_ROWS = 20_000
_TABLE = """
CREATE TABLE IF NOT EXISTS arrived (
  service TEXT, version TEXT, instance TEXT, kind TEXT,
  first_at REAL, last_at REAL, count INTEGER, requests INTEGER, errors INTEGER,
  PRIMARY KEY (service, version, instance, kind)
) WITHOUT ROWID
"""

Sender = tuple[str, str, str, str]
"""service, version, instance as the resource says them, kind"""


@frozen
class Arrived:
    """All that arrived of one sender and kind."""

    service: str
    version: str
    instance: str
    kind: SignalKind
    first_at: Instant
    last_at: Instant
    count: int
    requests: int = 0
    errors: int = 0

    @property
    def sender(self) -> Sender:
        return self.service, self.version, self.instance, self.kind


class Tally:
    """Sums in memory, the new ones written by `flush`. A store that fails costs only history.

    A write reaches the system, not the disk: it outlives our death, not the machine's, and the
    services would not outlive that either.
    """

    def __init__(self, path: Path) -> None:
        self.problems: list[str] = []
        self._rows: dict[Sender, Arrived] = {}
        self._unsaved: set[Sender] = set()
        self._store = self._open(path)

    @property
    def rows(self) -> Mapping[Sender, Arrived]:
        return self._rows

    def add(self, kind: SignalKind, batches: Iterable[Batch], now: Instant) -> tuple[Arrived, ...]:
        """Count what just arrived; returns the sums that changed. Without a service it is nothing."""
        changed: list[Arrived] = []
        for batch in batches:
            if not batch.service or not batch.items:
                continue
            sender = (batch.service, batch.version, batch.instance, kind)
            known = self._rows.get(sender)
            if known is None and len(self._rows) >= _ROWS:
                self._problem(f"telemetry of more than {_ROWS} senders: new ones are not counted")
                continue
            row = known or Arrived(*sender[:3], kind, now, now, 0)
            self._rows[sender] = replace(
                row,
                last_at=now,
                count=row.count + batch.items,
                requests=row.requests + batch.requests,
                errors=row.errors + batch.errors,
            )
            self._unsaved.add(sender)
            changed.append(self._rows[sender])
        return tuple(changed)

    def flush(self) -> None:
        """Write what changed since the last time."""
        if not self._unsaved or self._store is None:
            return
        rows = [self._rows[sender] for sender in self._unsaved]
        try:
            with self._store:
                self._store.executemany(
                    "INSERT OR REPLACE INTO arrived VALUES (?,?,?,?,?,?,?,?,?)",
                    [
                        (*r.sender, r.first_at, r.last_at, r.count, r.requests, r.errors)
                        for r in rows
                    ],
                )
            self._unsaved.clear()
        except sqlite3.Error as error:
            self._problem(f"telemetry is counted but not stored: {error}")

    def close(self) -> None:
        """Write what is left."""
        self.flush()
        if self._store is not None:
            self._store.close()

    def _open(self, path: Path) -> sqlite3.Connection | None:
        try:
            return self._read(path)
        except sqlite3.DatabaseError as error:
            self._problem(f"{path} is damaged and begun anew: {error}")
        try:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            return self._read(path)
        except (sqlite3.Error, OSError) as error:
            self._problem(f"telemetry is counted but not stored: {error}")
            return None

    def _read(self, path: Path) -> sqlite3.Connection:
        store = sqlite3.connect(path)
        try:
            store.execute("PRAGMA journal_mode=WAL")
            store.execute("PRAGMA synchronous=NORMAL")
            store.execute(_TABLE)
            newest = store.execute(
                "SELECT * FROM arrived ORDER BY last_at DESC LIMIT ?", (_ROWS // 2,)
            ).fetchall()
        except sqlite3.Error:
            store.close()
            raise
        for service, version, instance, kind, *numbers in newest:
            row = Arrived(service, version, instance, SignalKind(kind), *numbers)
            self._rows[row.sender] = row
        if len(newest) == _ROWS // 2:
            store.execute("DELETE FROM arrived WHERE last_at < ?", (newest[-1][5],))
            store.commit()
        return store

    def _problem(self, text: str) -> None:
        if text not in self.problems:
            self.problems.append(text)
