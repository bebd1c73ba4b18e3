"""Reads a plan file that a person names, and approvals beside it; refuses what is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tierline.errors import UsageError

if TYPE_CHECKING:
    from tierline.plan.model import Plan

MOST_PLAN_BYTES = 64 << 20
MOST_APPROVAL_BYTES = 64 << 10


def read_plan(path: Path) -> Plan:
    """The plan in a file; UsageError names the file and everything that is wrong with it."""
    from tierline.plan.document import from_json

    if path.stat().st_size > MOST_PLAN_BYTES:
        raise UsageError(
            f"{path} is larger than 64 MiB",
            code="plan/too-large",
            fix="name a file that tierline plan -o wrote",
        )
    try:
        return from_json(path.read_text(encoding="utf-8", errors="surrogateescape"))
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", code=error.code, fix=error.fix) from error
    except OSError as error:
        raise UsageError(
            f"plan file {path} cannot be read: {error.strerror}",
            code="plan/unusable",
            fix="make it readable, or name another one",
        ) from error


def read_approval(path: Path) -> str:
    """The text of an approval file, found to be one; UsageError otherwise."""
    from tierline.evidence.signatures import opened

    try:
        with path.open("rb") as file:
            content = file.read(MOST_APPROVAL_BYTES + 1)
        text = content.decode("ascii", "replace")
        opened(text)
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", code=error.code, fix=error.fix) from error
    except OSError as error:
        raise UsageError(
            f"approval {path} cannot be read: {error.strerror}",
            code="approval/unusable",
            fix="name a readable file",
        ) from error
    return text
