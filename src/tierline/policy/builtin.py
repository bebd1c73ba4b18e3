"""The rules that every kind of environment has without any file; knows no mesh and no gate."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.frozen import frozen
from tierline.policy.model import (
    DEMANDS,
    Demand,
    EnvironmentKind,
    Limits,
    OnFailure,
    OnTierFailure,
    Policy,
)

_OFF, _EXPECTED, _REQUIRED = Demand.OFF, Demand.EXPECTED, Demand.REQUIRED

_DEMANDS: Mapping[str, tuple[Demand, Demand, Demand]] = {
    "implemented": (_EXPECTED, _EXPECTED, _REQUIRED),
    "staging": (_OFF, _OFF, _REQUIRED),
    "tests": (_EXPECTED, _REQUIRED, _REQUIRED),
    "trusted_tests": (_OFF, _OFF, _REQUIRED),
    "unit_tests": (_REQUIRED, _REQUIRED, _REQUIRED),
    "integration_tests": (_REQUIRED, _REQUIRED, _REQUIRED),
    "contract_tests": (_REQUIRED, _REQUIRED, _REQUIRED),
    "externals": (_EXPECTED, _REQUIRED, _REQUIRED),
    "contracts": (_EXPECTED, _REQUIRED, _REQUIRED),
    "boundaries": (_EXPECTED, _REQUIRED, _REQUIRED),
    "approval": (_OFF, _OFF, _REQUIRED),
    "independence": (_OFF, _OFF, _REQUIRED),
    "scripts": (_OFF, _OFF, _OFF),
    "logs": (_EXPECTED, _REQUIRED, _REQUIRED),
    "metrics": (_EXPECTED, _REQUIRED, _REQUIRED),
    "traces": (_EXPECTED, _REQUIRED, _REQUIRED),
}
"""demand -> how much local, staging and production ask for it; a suite counts as `tests` says"""


@frozen
class _Failure:
    service: OnFailure
    tier: OnTierFailure
    budget: int | None


_FAILURE: Mapping[EnvironmentKind, _Failure] = {
    EnvironmentKind.LOCAL: _Failure(OnFailure.HOLD, OnTierFailure.CONTINUE, None),
    EnvironmentKind.STAGING: _Failure(OnFailure.ROLLBACK, OnTierFailure.HOLD, 1),
    EnvironmentKind.PRODUCTION: _Failure(OnFailure.HOLD, OnTierFailure.HOLD, 1),
}


def builtin_demands(kind: EnvironmentKind) -> dict[str, Demand]:
    """Demand -> how much this kind of environment asks for it, every one of `DEMANDS`."""
    column = tuple(EnvironmentKind).index(kind)
    return {name: _DEMANDS[name][column] for name in DEMANDS}


def builtin(environment: str, kind: EnvironmentKind, target: str) -> Policy:
    """The policy of an environment of this kind that no file and no mesh says more about."""
    failure = _FAILURE[kind]
    demands = builtin_demands(kind)
    return Policy(
        environment=environment,
        kind=kind,
        target=target,
        on_failure=failure.service,
        on_tier_failure=failure.tier,
        assume_externals=demands["externals"] is not Demand.REQUIRED,
        demands=demands,
        limits=Limits(failure_budget=failure.budget),
    )
