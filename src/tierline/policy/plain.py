"""Rules of a `[policy]` table that is plainly valid, without pydantic; a no means: let pydantic look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tierline.facts.decision import Severity
from tierline.mesh.shape import fits
from tierline.policy.file import FileRules
from tierline.policy.model import Demand, OnTierFailure, TierMode
from tierline.policy.tightening_shape import SHAPE

_PAIR = ("good_share", "bad_share")
"""limits that have to fit each other, which no shape says"""


def plain_rules(table: Mapping[str, object]) -> FileRules | None:
    """What pydantic would read from the table; None where that is not certain."""
    if not fits(table, SHAPE):
        return None
    read = cast("Mapping[str, Any]", table)
    limits = cast("Mapping[str, float]", read.get("limits", {}))
    if all(name in limits for name in _PAIR):
        return None
    tiers, on_tier_failure = read.get("tiers"), read.get("on_tier_failure")
    return FileRules(
        tiers=tiers and TierMode(tiers),
        on_tier_failure=on_tier_failure and OnTierFailure(on_tier_failure),
        demands={name: Demand(word) for name, word in read.get("requirements", {}).items()},
        limits={name: _number(name, value) for name, value in limits.items()},
        severities={code: Severity(word) for code, word in read.get("severity", {}).items()},
    )


def _number(name: str, value: float) -> float:
    """A count stays whole; every other limit is a fraction, also where it is written `15`."""
    allowed = SHAPE["$defs"]["LimitsTable"]["properties"][name]["anyOf"]
    return float(value) if any(one["type"] == "number" for one in allowed) else value
