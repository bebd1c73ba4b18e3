"""The identity of an issue: the same trouble has the same id; knows no state and no time."""

from __future__ import annotations

from tierline.facts.revision import digest_of


def issue_id(environment: str, service_id: str, code: str) -> str:
    """`I-` and 8 hex digits that follow from where, who and why."""
    return f"I-{digest_of([environment, service_id, code])[:8]}"
