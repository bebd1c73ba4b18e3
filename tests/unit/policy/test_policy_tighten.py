"""A mesh may tighten its policy, never loosen it; every attempt is named with its line."""

from __future__ import annotations

import tomllib
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierline.facts.decision import Severity
from tierline.mesh.defect import Defect
from tierline.mesh.settings import Settings
from tierline.policy.builtin import builtin
from tierline.policy.limits import limit_of
from tierline.policy.model import (
    DEMANDS,
    Demand,
    EnvironmentKind,
    EvidenceLimits,
    HorizonLimits,
    KeepLimits,
    Limits,
    OnTierFailure,
    Policy,
    WatchLimits,
)
from tierline.policy.resolve import resolve
from tierline.policy.tighten import LARGER_IS_STRICTER, SMALLER_IS_STRICTER, tightening_schema

DEMAND = [Demand.OFF, Demand.EXPECTED, Demand.REQUIRED]


def tightened(text: str, environment: str = "local") -> tuple[Policy, tuple[Defect, ...]]:
    table = tomllib.loads(text).get("policy", {})
    return resolve(
        environment, None, Settings(tightening=table), "mesh/tierline.toml", text.encode()
    )


def test_what_is_stricter_holds() -> None:
    policy, defects = tightened("""\
[policy]
tiers = "strict"
on_tier_failure = "hold"

[policy.requirements]
logs = "required"
externals = "required"

[policy.limits]
max_parallel = 2
failure_budget = 0
verify_seconds = 15
retry_seconds = 4
watch_seconds = 900
sustained_seconds = 5

[policy.severity]
"structure/missing-folder" = "fail"
""")
    assert defects == ()
    assert policy.on_tier_failure is OnTierFailure.HOLD
    assert policy.demand("logs") is Demand.REQUIRED
    assert not policy.assume_externals
    limits = policy.limits
    assert (limits.max_parallel, limits.failure_budget) == (2, 0)
    assert (limits.verify_seconds, limits.retry_seconds) == (15, 4)
    assert policy.watching == WatchLimits(watch_seconds=900, sustained_seconds=5)
    assert policy.floors == {"structure/missing-folder": Severity.FAIL}


def test_saying_what_holds_already_is_fine() -> None:
    text = '[policy]\ntiers = "strict"\n[policy.limits]\nverify_seconds = 30\ngood_share = 0.01\n'
    policy, defects = tightened(text)
    assert defects == ()
    assert policy == builtin("local", EnvironmentKind.LOCAL, "local")


LOOSENING = [
    ('[policy]\ntiers = "prefer"\n', 2, "tiers = prefer", "strict"),
    ('[policy]\non_tier_failure = "continue"\n', 2, "on_tier_failure = continue", "hold"),
    ('[policy.requirements]\n\nlogs = "expected"\n', 3, "requirements.logs = expected", "required"),
    ("[policy.limits]\nmax_parallel = 9\n", 2, "limits.max_parallel = 9", "8"),
    ("[policy.limits]\nfailure_budget = 2\n", 2, "limits.failure_budget = 2", "1"),
    ("[policy.limits]\nretry_seconds = 0.5\n", 2, "limits.retry_seconds = 0.5", "1"),
    ("[policy]\nlimits.verify_seconds = 31\n", 2, "limits.verify_seconds = 31", "30"),
    ("[policy.limits]\nwatch_seconds = 60\n", 2, "limits.watch_seconds = 60", "600"),
    ("[policy.limits]\ngood_share = 0.001\n", 2, "limits.good_share = 0.001", "0.01"),
]


@pytest.mark.parametrize(("text", "line", "tried", "holds"), LOOSENING)
def test_what_is_looser_is_refused_and_named(text: str, line: int, tried: str, holds: str) -> None:
    policy, defects = tightened(text, "production")
    (one,) = defects
    assert one.code == "settings/loosens"
    assert (one.place.path, one.place.line) == ("mesh/tierline.toml", line)
    assert one.message == (
        f"policy.{tried} would loosen the policy of production, which says {holds}; it stays {holds}"
    )
    assert policy == builtin("production", EnvironmentKind.PRODUCTION, "")


def test_one_attempt_does_not_stop_what_is_stricter() -> None:
    policy, defects = tightened("[policy.limits]\nmax_parallel = 2\nattempts = 9\n")
    assert [one.place.line for one in defects] == [3]
    assert (policy.limits.max_parallel, policy.limits.attempts) == (2, 3)


def test_shares_that_no_test_could_tell_apart_are_refused() -> None:
    policy, defects = tightened("[policy.limits]\nbad_share = 0.01\n")
    assert "is not above good_share" in defects[0].message
    assert policy.limits.bad_share == 0.05


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[policy]\nkind = 'local'\n", 2, "policy.kind: is not a key"),
        ("[policy]\non_failure = 'hold'\n", 2, "policy.on_failure: is not a key"),
        ("[policy]\nwaivers = []\n", 2, "policy.waivers: is not a key"),
        ("[policy.trust]\nkeys = ['k']\n", 1, "policy.trust: is not a key"),
        ("[policy.limits]\nmax_parallel = true\n", 2, "policy.limits.max_parallel: "),
        ("[policy.requirements]\nlogs = 'maybe'\n", 2, "policy.requirements.logs: "),
        ("[policy.severity]\n'index/stale' = 'awful'\n", 2, "policy.severity.index/stale: "),
    ],
)
def test_a_malformed_table_changes_nothing(text: str, line: int, words: str) -> None:
    policy, defects = tightened(text + "\n", "local")
    assert [one.code for one in defects] == ["settings/policy-table"]
    assert defects[0].message.startswith(words)
    assert defects[0].place.line == line
    assert policy == builtin("local", EnvironmentKind.LOCAL, "local")


def test_every_limit_has_a_stated_direction() -> None:
    kinds = (Limits, WatchLimits, EvidenceLimits, HorizonLimits, KeepLimits)
    names = {field.name for kind in kinds for field in fields(kind)}
    assert names == SMALLER_IS_STRICTER | LARGER_IS_STRICTER | {"good_share"}


def test_the_schema_names_what_a_mesh_may_say() -> None:
    properties = tightening_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == {"tiers", "on_tier_failure", "requirements", "limits", "severity"}


values = st.fixed_dictionaries(
    {},
    optional={
        "tiers": st.sampled_from(["strict", "prefer"]),
        "on_tier_failure": st.sampled_from(["hold", "continue"]),
        "requirements": st.dictionaries(st.sampled_from(DEMANDS), st.sampled_from(DEMAND)),
        "limits": st.fixed_dictionaries(
            {},
            optional={
                "max_parallel": st.integers(1, 20),
                "failure_budget": st.integers(0, 3),
                "attempts": st.integers(1, 9),
                "retry_seconds": st.floats(0.1, 9),
                "verify_seconds": st.floats(1, 90),
                "bad_share": st.floats(0.02, 0.5),
                "alpha": st.floats(0.001, 0.5),
            },
        ),
    },
)


@given(values, st.sampled_from(EnvironmentKind))
def test_no_mesh_ever_loosens(table: dict[str, object], kind: EnvironmentKind) -> None:
    environment = "local" if kind is EnvironmentKind.LOCAL else "eu"
    before, _ = resolve(environment, None, Settings())
    after, _ = resolve(environment, None, Settings(tightening=table))
    assert after.tiers is before.tiers
    assert (before.on_tier_failure, after.on_tier_failure) != ("hold", "continue")
    for name in DEMANDS:
        assert DEMAND.index(after.demand(name)) >= DEMAND.index(before.demand(name))
    for name in SMALLER_IS_STRICTER:
        old, new = limit_of(before, name), limit_of(after, name)
        assert old is None or (new is not None and new <= old)
    assert after.limits.retry_seconds >= before.limits.retry_seconds
    assert after.assume_externals is (after.demand("externals") is not Demand.REQUIRED)
