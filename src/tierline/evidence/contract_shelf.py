"""Keeps the contracts that revisions were shipped with, so that later ones can be compared.

One SQLite file beside the journal: a row for each revision of a service, and each file's content
once, by digest. Written when a rollout begins; what it lacks is unknown to whoever asks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tierline.boundary.shipment import Shipment
from tierline.errors import PermanentError, TemporaryError

if TYPE_CHECKING:
    import sqlite3

FILE = "contracts.db"
VERSION = 1
_KEPT = 50
"""revisions of one service that stay, the newest"""
_TABLES = """
create table if not exists contents (digest text primary key, content blob not null) without rowid;
create table if not exists shipped (
    id integer primary key, service text not null, revision text not null, document text not null,
    unique (service, revision));
"""
_SHIPPED = """
select service, revision, document from shipped where (service, revision) in
    (select json_extract(value, '$[0]'), json_extract(value, '$[1]') from json_each(?))
"""
_CONTENTS = "select digest, content from contents where digest in (select value from json_each(?))"


def keep(folder: Path, shipments: Iterable[Shipment], contents: Mapping[str, bytes]) -> None:
    """Add what revisions ship with, in one transaction; what is kept already stays as it is.

    TemporaryError where it cannot be written.
    """
    import sqlite3  # noqa: PLC0415 - late for first words

    path = folder / FILE
    rows = [(one.service_id, one.revision, _document(one)) for one in shipments]
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(path, timeout=10)) as base, base:
            base.executescript(_TABLES)
            base.executemany("insert or ignore into contents values (?, ?)", contents.items())
            base.executemany(
                "insert or ignore into shipped (service, revision, document) values (?, ?, ?)", rows
            )
            base.execute(
                "delete from shipped where id in (select id from (select id, row_number() over "
                "(partition by service order by id desc) as age from shipped) where age > ?)",
                (_KEPT,),
            )
    except (OSError, sqlite3.Error) as error:
        raise TemporaryError(
            f"the contracts of this release cannot be kept in {path}: {error}",
            code="boundary/not-kept",
            fix="make room, or give a folder of your own with XDG_STATE_HOME",
        ) from error


def shipped(
    folder: Path, revisions: Iterable[tuple[str, str]]
) -> Mapping[tuple[str, str], Shipment]:
    """What these revisions (service, revision) were shipped with, as far as it was kept.

    PermanentError for a file that is damaged or of a newer tierline.
    """
    rows = _rows(folder, _SHIPPED, list(revisions))
    return {
        (service, revision): _shipment(service, revision, document, folder)
        for service, revision, document in rows
    }


def kept_contents(folder: Path, digests: Iterable[str]) -> Mapping[str, bytes]:
    """The files with these digests, as far as they were kept."""
    return dict(_rows(folder, _CONTENTS, sorted(set(digests))))


def _open(folder: Path) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - late for first words

    path = folder / FILE
    if not path.is_file():
        base = sqlite3.connect(":memory:")
        base.executescript(_TABLES)
        return base
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)


def _rows(folder: Path, query: str, given: object) -> list[Any]:
    import sqlite3  # noqa: PLC0415 - late for first words

    try:
        with closing(_open(folder)) as base:
            return base.execute(query, [json.dumps(given)]).fetchall()
    except sqlite3.Error as error:
        raise _unusable(folder, str(error)) from error


def _document(one: Shipment) -> str:
    told = {
        "version": VERSION,
        "provides": dict(one.provides),
        "consumes": dict(one.consumes),
        "uses": dict(one.uses),
        "owners": list(one.owners),
        "shared": one.shared,
        "code": one.code,
    }
    return json.dumps(told, separators=(",", ":"))


def _shipment(service: str, revision: str, document: str, folder: Path) -> Shipment:
    try:
        told = json.loads(document)
        if told["version"] != VERSION:
            raise _unusable(folder, "a newer tierline wrote it")
        owners = tuple(str(one) for one in told["owners"])
        provides, consumes, uses = (_texts(told[n]) for n in ("provides", "consumes", "uses"))
        shared, code = str(told["shared"]), str(told["code"])
        return Shipment(service, revision, provides, consumes, uses, owners, shared, code)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(folder, "a row of it cannot be read") from error


def _texts(told: Mapping[str, object]) -> dict[str, str]:
    return {str(key): str(value) for key, value in told.items()}


def _unusable(folder: Path, why: str) -> PermanentError:
    return PermanentError(
        f"{folder / FILE}: {why}",
        code="boundary/damaged",
        fix="move it away: contracts of what runs are unknown then, until the next rollout",
    )
