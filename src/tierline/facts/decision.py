"""GO, NO-GO, HOLD: how a service, a batch and a release stand; and how bad a finding is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Decision(StrEnum):
    """NO-GO: it must not ship. HOLD: not now, or not known. GO: it may."""

    GO = "GO"
    HOLD = "HOLD"
    NO_GO = "NO-GO"


class Severity(StrEnum):
    """What a finding means under a policy. Missing evidence is unknown, never ok."""

    OK = "ok"
    WARN = "warn"
    UNKNOWN = "unknown"
    FAIL = "fail"


_RANK = {Decision.GO: 0, Decision.HOLD: 1, Decision.NO_GO: 2}


def worst(decisions: Iterable[Decision]) -> Decision:
    """As good as the worst of them; GO of none, so callers refuse an empty set beforehand."""
    return max(decisions, key=_RANK.__getitem__, default=Decision.GO)


def decision_of(severity: Severity) -> Decision:
    """What one finding alone decides."""
    if severity is Severity.FAIL:
        return Decision.NO_GO
    return Decision.HOLD if severity is Severity.UNKNOWN else Decision.GO
