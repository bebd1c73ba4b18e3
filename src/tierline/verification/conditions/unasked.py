"""What stands in place of every answer where a policy takes the target's own word; asks nobody."""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.verification.case import Case, Ruling


def unasked(_: Case) -> Ruling:
    """Says so of every service, each time."""
    return Ruling(Severity.WARN, "evidence/status-only", "not asked: evidence is status-only")
