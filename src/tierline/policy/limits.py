"""Numbers of a policy by name: a file states them in one table, a policy keeps them by what they bound."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar

from tierline.policy.model import (
    EvidenceLimits,
    HorizonLimits,
    KeepLimits,
    Limits,
    Policy,
    WatchLimits,
)

T = TypeVar("T", Limits, WatchLimits, EvidenceLimits, HorizonLimits, KeepLimits)


def limited(limits: T, stated: Mapping[str, float]) -> T:
    """The limits with those of their names that are stated."""
    own = {field.name for field in dataclasses.fields(limits)}
    mine = {name: value for name, value in stated.items() if name in own}
    return dataclasses.replace(limits, **mine)


def limit_of(policy: Policy, name: str) -> float | None:
    """The limit of that name; None is unlimited."""
    tables = (policy.limits, policy.watching, policy.evidence, policy.horizon, policy.keeping)
    found: float | None = getattr(next(one for one in tables if hasattr(one, name)), name)
    return found
