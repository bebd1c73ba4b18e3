"""Which statements do harm to an older revision, and which nobody can tell."""

from __future__ import annotations

import pytest

from tierline.rollback.migrations import LARGEST, Danger, dangers

HARMLESS = (
    "",
    "CREATE TABLE a(b int NOT NULL);",
    "CREATE INDEX i ON a(b); DROP INDEX j;",
    "ALTER TABLE a ADD COLUMN b int;",
    "ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0;",
    "ALTER TABLE a ALTER COLUMN b DROP NOT NULL;",
    "ALTER TABLE a ALTER COLUMN b TYPE text;",
    "BEGIN; INSERT INTO a VALUES (1); COMMIT;",
)
HARMFUL = (
    ("DROP TABLE a;", "drops table a"),
    ("ALTER TABLE a DROP COLUMN b;", "drops b of a"),
    ("ALTER TABLE a RENAME COLUMN b TO c;", "renames b of a"),
    ("ALTER TABLE a RENAME TO b;", "renames a"),
    ("ALTER TABLE a ADD COLUMN b int NOT NULL;", "adds b to a, NOT NULL without a default"),
    ("ALTER TABLE a ALTER COLUMN b SET NOT NULL;", "makes b of a NOT NULL"),
    ("TRUNCATE a;", "empties a"),
)
UNKNOWN = (
    "ALTER TABLE a ALTER COLUMN b TYPE varchar(3);",
    "ALTER TABLE a ADD CONSTRAINT c UNIQUE (b);",
    "CREATE UNIQUE INDEX i ON a(b);",
    "DELETE FROM a;",
    "UPDATE a SET b = 1;",
    "DO $$ BEGIN EXECUTE 'drop table a'; END $$;",
    "ALTER TYPE t ADD VALUE 'x';",
    "sele ct 1",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "-" * (LARGEST + 1),
)


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_leaves_older_revisions_in_peace(sql: str) -> None:
    assert dangers(sql) == ()


@pytest.mark.parametrize(("sql", "what"), HARMFUL)
def test_what_an_older_revision_does_not_survive(sql: str, what: str) -> None:
    assert dangers(sql) == (Danger(what),)


@pytest.mark.parametrize("sql", UNKNOWN, ids=lambda sql: sql[:30])
def test_what_nobody_knows_is_never_taken_for_harmless(sql: str) -> None:
    found = dangers(sql)
    assert found and all(one.unknown for one in found)
