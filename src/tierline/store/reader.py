"""The store on this machine only to be looked at: nothing is made or written, whatever the medium.

SQLite wants to write a little even to read a journal in WAL mode. Where it cannot, an untouched
journal is read as it lies, and one with a tail that was not merged yet from a copy.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.schema import CreateTable

from tierline.errors import TemporaryError
from tierline.store.sqlite import SqliteStore, as_text
from tierline.store.tables import metadata
from tierline.store.trouble import FIX_PLACE, UNAVAILABLE


class SqliteReader(SqliteStore):
    """As `SqliteStore` of a file that exists, of which it knows only what reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._copied: tempfile.TemporaryDirectory[str] | None = None
        self._engine = _engine(path, "mode=ro")
        try:
            self._made()
        except TemporaryError as error:
            self._engine.dispose()
            if error.code != UNAVAILABLE:
                raise
            self._engine = self._otherwise()
            self._made()

    def close(self) -> None:
        """Let go of the file, and of the copy if there is one."""
        super().close()
        if self._copied is not None:
            self._copied.cleanup()

    def _otherwise(self) -> Engine:
        tail = self._path.with_name(f"{self._path.name}-wal")
        try:
            if not tail.exists() or tail.stat().st_size == 0:
                return _engine(self._path, "mode=ro&immutable=1")
            self._copied = tempfile.TemporaryDirectory(prefix="tierline-")
            copy = Path(self._copied.name) / self._path.name
            shutil.copyfile(self._path, copy)
            shutil.copyfile(tail, copy.with_name(tail.name))
        except OSError as error:
            if self._copied is not None:
                self._copied.cleanup()
            raise TemporaryError(
                f"{self._path} cannot be read where it is, nor copied: {error.strerror}",
                code=UNAVAILABLE,
                fix=FIX_PLACE,
            ) from error
        return _engine(copy, "mode=rw")


def _engine(path: Path, how: str) -> Engine:
    """A connection that only reads; what is not in the file yet is there and empty."""
    place = f"{path.absolute().as_uri()}?{how}"

    def connected() -> sqlite3.Connection:
        return sqlite3.connect(place, uri=True, check_same_thread=False)

    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.text_factory = as_text
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("PRAGMA temp_store=MEMORY")
        with suppress(sqlite3.Error):  # what is wrong shows to whoever reads
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            for table in metadata.sorted_tables:
                if table.name not in found:
                    made = str(CreateTable(table).compile(dialect=dialect.dialect()))
                    connection.execute(made.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1))
        connection.execute("PRAGMA query_only=ON")

    engine = create_engine("sqlite://", creator=connected, isolation_level="AUTOCOMMIT")
    event.listen(engine, "connect", configure)
    return engine
