"""The table of rules that every kind of environment has without any file."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tierline.facts.decision import Severity
from tierline.policy.builtin import builtin
from tierline.policy.digest import policy_digest
from tierline.policy.model import (
    DEMANDS,
    Access,
    Demand,
    EnvironmentKind,
    EvidenceLimits,
    HorizonLimits,
    KeepLimits,
    Limits,
    OnBoundary,
    OnFailure,
    OnTierFailure,
    Policy,
    Shipping,
    TierMode,
    Trust,
    TrustedKey,
    Voucher,
    Waiver,
    WatchLimits,
)

LOCAL = builtin("local", EnvironmentKind.LOCAL, "local")
STAGING = builtin("staging", EnvironmentKind.STAGING, "kubernetes")
PRODUCTION = builtin("production", EnvironmentKind.PRODUCTION, "kubernetes")

TABLE = """
implemented   expected expected required
staging       off      off      required
tests         expected required required
trusted_tests off      off      required
unit_tests required required required
integration_tests required required required
contract_tests required required required
externals     expected required required
contracts     expected required required
boundaries    expected required required
approval      off      off      required
independence  off      off      required
scripts       off      off      off
logs          expected required required
metrics       expected required required
traces        expected required required
"""


def test_demands_are_those_of_the_table() -> None:
    rows = [line.split() for line in TABLE.strip().splitlines()]
    assert tuple(row[0] for row in rows) == DEMANDS
    for name, *expected in rows:
        found = [str(one.demand(name)) for one in (LOCAL, STAGING, PRODUCTION)]
        assert found == expected, name


@pytest.mark.parametrize(
    ("policy", "on_failure", "on_tier_failure", "budget"),
    [
        (LOCAL, OnFailure.HOLD, OnTierFailure.CONTINUE, None),
        (STAGING, OnFailure.ROLLBACK, OnTierFailure.HOLD, 1),
        (PRODUCTION, OnFailure.HOLD, OnTierFailure.HOLD, 1),
    ],
)
def test_what_a_failure_does(
    policy: Policy, on_failure: OnFailure, on_tier_failure: OnTierFailure, budget: int | None
) -> None:
    assert policy.on_failure is on_failure
    assert policy.on_tier_failure is on_tier_failure
    assert policy.limits.failure_budget == budget
    assert policy.tiers is TierMode.STRICT


def test_externals_are_assumed_locally_only() -> None:
    assumed = [one.assume_externals for one in (LOCAL, STAGING, PRODUCTION)]
    assert assumed == [True, False, False]


CHANGED: dict[str, object] = {
    "environment": "other",
    "kind": EnvironmentKind.STAGING,
    "target": "simulated",
    "tiers": TierMode.PREFER,
    "on_failure": OnFailure.ROLLBACK,
    "on_tier_failure": OnTierFailure.HOLD,
    "assume_externals": False,
    "severities": {"a/b": Severity.FAIL},
    "demands": {"logs": Demand.REQUIRED},
    "limits": Limits(max_parallel=1),
    "watching": WatchLimits(watch_seconds=1.0),
    "evidence": EvidenceLimits(test_hours=1.0),
    "horizon": HorizonLimits(horizon_revisions=2),
    "keeping": KeepLimits(kept_revisions=1),
    "waivers": (Waiver("a/b", None, "r", "a", 1.0),),
    "floors": {"a/b": Severity.FAIL},
    "trust": Trust(keys=(TrustedKey("ada", "k"),)),
    "context": "c",
    "namespace": "n",
    "break_glass": False,
    "kubernetes": "1.30",
    "secrets": ("s",),
    "access": Access(status_only=True),
    "shipping": Shipping(overlay="eu"),
    "on_boundary": OnBoundary.CONSUMERS,
    "vouchers": {"M31": Voucher("tcp://archive:80")},
}


def test_the_digest_covers_every_field() -> None:
    assert CHANGED.keys() == {field.name for field in fields(Policy)}
    digests = {policy_digest(replace(LOCAL, **{name: value})) for name, value in CHANGED.items()}
    assert len(digests | {policy_digest(LOCAL)}) == len(CHANGED) + 1


def test_the_digest_does_not_depend_on_the_order_of_mappings() -> None:
    demands = dict(sorted(LOCAL.demands.items(), reverse=True))
    assert policy_digest(replace(LOCAL, demands=demands)) == policy_digest(LOCAL)
