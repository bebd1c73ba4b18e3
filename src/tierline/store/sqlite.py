"""The store on this machine: one SQLite file in WAL mode, every transaction fsynced."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, and_, bindparam, create_engine, event, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from tierline.errors import TemporaryError
from tierline.ledger.acts import Act
from tierline.ledger.model import Issue
from tierline.rollout.codec import encode
from tierline.rollout.events import Command, Recorded
from tierline.store.chain import Row, damaged, open_row, seal
from tierline.store.ledger_rows import act_body, issue_body, read_act, read_issue
from tierline.store.memory import lost
from tierline.store.protocol import Asked, Entry
from tierline.store.tables import acts, approvals, commands, issues, journal, metadata, plans
from tierline.store.trouble import FIX_PLACE, UNAVAILABLE, newer, translated, understood

_COLUMNS = (
    journal.c.seq,
    journal.c.rollout,
    journal.c.at,
    journal.c.token,
    journal.c.type,
    journal.c.version,
    journal.c.body,
    journal.c.previous,
    journal.c.hash,
)
_BEFORE = journal.alias("before")
_LINKED = and_(_BEFORE.c.environment == journal.c.environment, _BEFORE.c.seq == journal.c.seq - 1)
_NEWEST = (
    select(journal.c.seq, journal.c.token, journal.c.hash)
    .where(journal.c.environment == bindparam("environment"))
    .order_by(journal.c.seq.desc())
    .limit(1)
)
_ASKED = (
    select(commands)
    .where(commands.c.environment == bindparam("environment"), commands.c.id > bindparam("after"))
    .order_by(commands.c.id)
)
SCHEMA = 1
"""of the tables; raised when an older tierline must keep its hands off"""
PASSES = "passes VARCHAR NOT NULL DEFAULT ''"
"""the column of `commands` that a journal of an older version has not"""


class SqliteStore:
    """Satisfies `Store`. The folder must exist; it and the file are for their owner only."""

    _aside: ThreadPoolExecutor | None = None
    """the thread that commits"""
    _heeding: Connection | None = None
    """for `asked`, which is called again and again"""
    _nothing_at: tuple[str, int, int | None] | None = None
    """what `asked` was asked when it found nothing, and at which version of the file"""

    def __init__(self, path: Path) -> None:
        _touch(path)
        self._path = path
        self._engine = _engine(path)
        if not self._made():
            with self._writing() as connection:
                metadata.create_all(connection)
                if not _knows_checkpoints(connection):
                    connection.exec_driver_sql(f"ALTER TABLE commands ADD COLUMN {PASSES}")
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        with self._writing() as connection:
            newest = connection.execute(_NEWEST, {"environment": environment}).first()
            seq, token, previous = (newest.seq, newest.token, newest.hash) if newest else (0, 0, "")
            if seq != expected_seq or any(entry.token < token for entry in entries):
                raise lost(environment, expected_seq, seq)
            rows = _rows(environment, seq, previous, entries)
            if rows:
                connection.execute(journal.insert(), rows)
            return seq + len(rows)

    async def commit(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        if self._aside is None:
            self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        work = partial(self.append, environment, expected_seq, *entries)
        began = asyncio.get_running_loop().run_in_executor(self._aside, work)
        try:
            return await asyncio.shield(began)
        except asyncio.CancelledError:
            await asyncio.wait([began])
            raise

    def head(self, environment: str) -> int:
        with self._reading() as connection:
            found = connection.execute(
                select(func.max(journal.c.seq)).where(journal.c.environment == environment)
            ).scalar()
            return int(found or 0)

    def read(
        self, environment: str, rollout: str | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        query = (
            select(*_COLUMNS, _BEFORE.c.hash)
            .select_from(journal.outerjoin(_BEFORE, _LINKED))
            .where(journal.c.environment == environment, journal.c.seq > after)
            .order_by(journal.c.seq)
        )
        if rollout is not None:
            query = query.where(journal.c.rollout == rollout)
        with self._reading() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
        for *row, before in rows:
            yield _linked(str(self._path), environment, tuple(row), before)

    def rollouts(self, environment: str) -> tuple[str, ...]:
        query = (
            select(journal.c.rollout)
            .where(journal.c.environment == environment)
            .group_by(journal.c.rollout)
            .order_by(func.min(journal.c.seq))
        )
        with self._reading() as connection:
            return tuple(row.rollout for row in connection.execute(query))

    def save_plan(self, digest: str, document: str) -> None:
        with self._writing() as connection:
            values = {"digest": digest, "document": document}
            connection.execute(upsert(plans).values(values).on_conflict_do_nothing())

    def renew_plan(self, digest: str, document: str) -> None:
        with self._writing() as connection:
            written = upsert(plans).values({"digest": digest, "document": document})
            anew = {"document": written.excluded.document}
            connection.execute(written.on_conflict_do_update(index_elements=["digest"], set_=anew))

    def load_plan(self, digest: str) -> str | None:
        with self._reading() as connection:
            query = select(plans.c.document).where(plans.c.digest == digest)
            return connection.execute(query).scalar()

    def save_approval(self, environment: str, digest: str, document: str) -> None:
        values = {"environment": environment, "plan_digest": digest, "document": document}
        with self._writing() as connection:
            connection.execute(upsert(approvals).values(values).on_conflict_do_nothing())

    def approvals(self, environment: str, digest: str) -> tuple[str, ...]:
        query = (
            select(approvals.c.document)
            .where(approvals.c.environment == environment, approvals.c.plan_digest == digest)
            .order_by(approvals.c.id)
        )
        with self._reading() as connection:
            return tuple(row.document for row in connection.execute(query))

    def plans(self) -> tuple[str, ...]:
        with self._reading() as connection:
            query = select(plans.c.digest).order_by(plans.c.digest)
            return tuple(row.digest for row in connection.execute(query))

    def ask(self, environment: str, asked: Asked) -> int:
        values = {
            "environment": environment,
            "rollout": asked.rollout,
            "command": str(asked.command),
            "by": asked.by,
            "reason": asked.reason,
            "at": asked.at,
            "passes": asked.passes,
        }
        with self._writing() as connection:
            result = connection.execute(commands.insert().values(values))
            key = result.inserted_primary_key
            return int(key[0]) if key else 0

    def asked(self, environment: str, after: int) -> tuple[Asked, ...]:
        bound = {"environment": environment, "after": after}
        with translated(self._path), understood(self._path, "commands"):
            if self._heeding is None:
                self._heeding = self._engine.connect()
            seen = (environment, after, _version(self._heeding))
            if seen == self._nothing_at:
                return ()
            found = tuple(map(_command, self._heeding.execute(_ASKED, bound)))
            self._nothing_at = None if found or seen[2] is None else seen
            return found

    def save_issues(self, environment: str, issues: Sequence[Issue]) -> None:
        with self._writing() as connection:
            for issue in issues:
                connection.execute(_issue_upsert(environment, issue))

    def issues(self, environment: str) -> tuple[Issue, ...]:
        query = select(issues.c.body).where(issues.c.environment == environment)
        with self._reading() as connection, understood(self._path, "issues"):
            found = [read_issue(row.body) for row in connection.execute(query)]
        return tuple(sorted(found, key=lambda issue: (issue.opened_at, issue.id)))

    def act(self, environment: str, act: Act) -> int:
        values = {"environment": environment, "body": act_body(act)}
        with self._writing() as connection:
            key = connection.execute(acts.insert().values(values)).inserted_primary_key
            return int(key[0]) if key else 0

    def acts(self, environment: str) -> tuple[Act, ...]:
        query = select(acts).where(acts.c.environment == environment).order_by(acts.c.id)
        with self._reading() as connection, understood(self._path, "acts"):
            return tuple(read_act(row.id, row.body) for row in connection.execute(query))

    def close(self) -> None:
        if self._aside is not None:
            self._aside.shutdown()
        if self._heeding is not None:
            self._heeding.close()
        self._engine.dispose()

    def _made(self) -> bool:
        """Whether every table is there and whole; asked first, since making them takes the write lock."""
        with self._reading() as connection:
            version = int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)
            if version > SCHEMA:
                raise newer(self._path, version)
            found = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars()
            return metadata.tables.keys() <= set(found) and _knows_checkpoints(connection)

    @contextmanager
    def _writing(self) -> Generator[Connection]:
        with translated(self._path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.connection.rollback()
                raise

    @contextmanager
    def _reading(self) -> Generator[Connection]:
        with translated(self._path), self._engine.connect() as connection:
            yield connection


def _engine(path: Path) -> Engine:
    """AUTOCOMMIT hands transactions to us: BEGIN IMMEDIATE takes the write lock at once."""
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.text_factory = as_text
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", configure)
    return engine


def _knows_checkpoints(connection: Connection) -> bool:
    """Whether commands say which checkpoint they are for."""
    columns = connection.exec_driver_sql("SELECT name FROM pragma_table_info('commands')")
    return "passes" in columns.scalars()


def _version(connection: Connection) -> int | None:
    """A number that changes when another connection writes; None where there is no telling."""
    raw = connection.connection.driver_connection
    with suppress(sqlite3.Error):
        if raw is not None:
            return int(raw.execute("PRAGMA data_version").fetchone()[0])
    return None


def _touch(path: Path) -> None:
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise TemporaryError(
            f"{path}: {error.strerror}", code=UNAVAILABLE, fix=FIX_PLACE
        ) from error


def as_text(content: bytes) -> str:
    """Bytes that are no text must not stop the reading: the seal then tells which row they damage."""
    return content.decode(errors="surrogateescape")


def _command(row: Any) -> Asked:
    command = Command(row.command)
    return Asked(row.id, row.rollout, command, row.by, row.reason, row.at, row.passes)


def _linked(place: str, environment: str, row: Row, before: str | None) -> Recorded:
    """The event of a row that follows, whole, on the row before it."""
    seq, previous = row[0], row[7]
    if before is None and seq > 1:
        raise damaged(place, environment, seq - 1)
    if previous != (before or ""):
        raise damaged(place, environment, seq)
    return open_row(place, environment, row)


def _rows(
    environment: str, seq: int, previous: str, entries: Iterable[Entry]
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for entry, happened in ((each, one) for each in entries for one in each.events):
        seq += 1
        kind, version, body = encode(happened)
        row = (seq, entry.rollout, entry.at, entry.token, kind, version, body)
        sealed = seal(environment, previous, row)
        names = ("seq", "rollout", "at", "token", "type", "version", "body")
        values = dict(zip(names, row, strict=True))
        rows.append({"environment": environment, **values, "previous": previous, "hash": sealed})
        previous = sealed
    return rows


def _issue_upsert(environment: str, issue: Issue):
    values = {"environment": environment, "id": issue.id, "body": issue_body(issue)}
    statement = upsert(issues).values(values)
    return statement.on_conflict_do_update(
        index_elements=["environment", "id"], set_={"body": statement.excluded.body}
    )
