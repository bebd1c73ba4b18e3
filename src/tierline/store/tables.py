"""The tables of a SQL store; imported late, since SQLAlchemy takes a fifth of a second."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

journal = Table(
    "journal",
    metadata,
    Column("environment", String, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("rollout", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("token", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("journal_by_rollout", "environment", "rollout", "seq"),
)

plans = Table(
    "plans",
    metadata,
    Column("digest", String, primary_key=True),
    Column("document", Text, nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("environment", String, nullable=False),
    Column("plan_digest", String, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("environment", "plan_digest", "document"),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("environment", String, nullable=False, index=True),
    Column("rollout", String, nullable=False),
    Column("command", String, nullable=False),
    Column("by", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("passes", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

issues = Table(
    "issues",
    metadata,
    Column("environment", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("body", Text, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("environment", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)
