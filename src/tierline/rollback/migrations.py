"""Which migrations an older revision may not survive, read with a SQL parser; opens no file.

What is not known to be harmless is unknown, never harmless: whoever went back would find out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tierline.frozen import frozen

if TYPE_CHECKING:
    from sqlglot import exp

LARGEST = 200_000
"""characters of SQL that are parsed; of more nobody knows"""
_DIALECT = "postgres"


@frozen
class Danger:
    """What a migration does, in words that follow its name; `unknown`: it may or may not do harm."""

    what: str
    unknown: bool = False


def dangers(sql: str) -> tuple[Danger, ...]:
    """Of one file's statements; empty where each is known to leave older revisions in peace.

    Harm is done by DROP, RENAME, TRUNCATE, another type, NOT NULL without a default.
    """
    import sqlglot  # noqa: PLC0415 - takes longer to import than many a command
    from sqlglot.errors import SqlglotError  # noqa: PLC0415 - the same

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    if len(sql) > LARGEST:
        return (Danger(f"has more than {LARGEST:,} characters, which nobody reads", unknown=True),)
    try:
        statements = [one for one in sqlglot.parse(sql, read=_DIALECT) if one is not None]
        found = [danger for one in statements for danger in _statement(one)]
    except (SqlglotError, RecursionError, ValueError):
        return (Danger("is no SQL that can be read", unknown=True),)
    return tuple(dict.fromkeys(found))


def _statement(statement: exp.Expr) -> Iterator[Danger]:
    from sqlglot import exp  # noqa: PLC0415 - late on purpose, see above

    name = _named(statement)
    match statement:
        case exp.Alter():
            for action in statement.args.get("actions") or ():
                yield from _action(action, name)
        case exp.Drop():
            if statement.args.get("kind") != "INDEX":
                yield Danger(f"drops {str(statement.args.get('kind') or '').lower()} {name}")
        case exp.TruncateTable():
            yield Danger(f"empties {name}")
        case exp.Create():
            yield from _create(statement, name)
        case (
            exp.Insert()
            | exp.Select()
            | exp.Comment()
            | exp.Grant()
            | exp.Set()
            | exp.Transaction()
            | exp.Commit()
        ):
            return
        case _:
            words = " ".join(statement.sql(dialect=_DIALECT).split()[:3])
            yield Danger(f"says {words[:40]}, of which nobody knows what it does", unknown=True)


def _create(statement: exp.Create, name: str) -> Iterator[Danger]:
    kind = str(statement.args.get("kind") or "").upper()
    if statement.args.get("replace"):
        yield Danger(f"replaces {kind.lower()} {name}", unknown=True)
    elif statement.args.get("unique"):
        yield Danger(f"makes rows unique by index {name}", unknown=True)
    elif kind not in {"TABLE", "INDEX", "VIEW", "TYPE", "SCHEMA", "SEQUENCE", "FUNCTION"}:
        yield Danger(f"creates {kind.lower()} {name}", unknown=True)


def _action(action: exp.Expr, name: str) -> Iterator[Danger]:
    """One part of ALTER."""
    from sqlglot import exp  # noqa: PLC0415 - late on purpose, see above

    match action:
        case exp.Drop():
            if action.args.get("kind") != "CONSTRAINT":
                yield Danger(f"drops {_named(action)} of {name}")
        case exp.RenameColumn():
            yield Danger(f"renames {_named(action)} of {name}")
        case exp.AlterRename():
            yield Danger(f"renames {name}")
        case exp.ColumnDef():
            bare = action.find(exp.NotNullColumnConstraint) is not None
            if bare and action.find(exp.DefaultColumnConstraint) is None:
                yield Danger(f"adds {_named(action)} to {name}, NOT NULL without a default")
        case exp.AlterColumn():
            yield from _column(action, name)
        case _:
            words = " ".join(action.sql(dialect=_DIALECT).split()[:3])
            yield Danger(f"alters {name} by {words[:40]}", unknown=True)


def _column(action: exp.AlterColumn, name: str) -> Iterator[Danger]:
    from sqlglot import exp  # noqa: PLC0415 - late on purpose, see above

    column = f"{_named(action)} of {name}"
    kind = action.args.get("dtype")
    if kind is not None and not (isinstance(kind, exp.DataType) and kind.this == exp.DType.TEXT):
        yield Danger(f"changes the type of {column} to {kind.sql(dialect=_DIALECT)}", unknown=True)
    if action.args.get("allow_null") is False:
        yield Danger(f"makes {column} NOT NULL")


def _named(statement: exp.Expr) -> str:
    """The first name in it: of what it is about."""
    from sqlglot import exp  # noqa: PLC0415 - late on purpose, see above

    found = statement.find(exp.Identifier)
    return found.name[:60] if found is not None else "something"
