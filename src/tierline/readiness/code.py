"""What is known of one kind of finding: its title, how bad it is where, why, and the usual fix."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.facts.decision import Severity
from tierline.frozen import frozen
from tierline.policy.builtin import builtin_demands
from tierline.policy.model import Demand, EnvironmentKind, Policy

OK, WARN, UNKNOWN, FAIL = Severity.OK, Severity.WARN, Severity.UNKNOWN, Severity.FAIL

Everywhere = tuple[Severity, Severity, Severity]
"""local, staging, production"""

ALWAYS_FAIL: Everywhere = (FAIL, FAIL, FAIL)
ALWAYS_WARN: Everywhere = (WARN, WARN, WARN)
ALWAYS_UNKNOWN: Everywhere = (UNKNOWN, UNKNOWN, UNKNOWN)
WARN_LOCALLY: Everywhere = (WARN, FAIL, FAIL)
UNKNOWN_BEYOND_LOCAL: Everywhere = (WARN, UNKNOWN, UNKNOWN)

_RANK = {OK: 0, WARN: 1, UNKNOWN: 2, FAIL: 3}


@frozen
class Code:
    """One row of the table of finding codes; `code` is `<gate>/<slug>`.

    `severities` holds per kind of environment, unless `demand` names what a policy asks for: then
    the finding is ok where that is off, a warning where expected, `when_required` where required.
    """

    code: str
    title: str
    severities: Everywhere
    why: str
    fix: str
    demand: str = ""
    when_required: Severity = FAIL

    @property
    def gate(self) -> str:
        """The gate that gives this finding."""
        return self.code.partition("/")[0]

    def under(self, kind: EnvironmentKind, demands: Mapping[str, Demand]) -> Severity:
        """How bad it is in this kind of environment, with these demands, unless overridden."""
        if not self.demand:
            return self.severities[tuple(EnvironmentKind).index(kind)]
        asked = demands.get(self.demand, Demand.OFF)
        by_demand = {Demand.OFF: OK, Demand.EXPECTED: WARN, Demand.REQUIRED: self.when_required}
        return by_demand[asked]

    def built_in(self, kind: EnvironmentKind) -> Severity:
        """How bad it is in this kind of environment without any policy file."""
        return self.under(kind, builtin_demands(kind))


def base_severity(code: Code, policy: Policy) -> Severity:
    """How bad it is before the mesh's own tightening: the policy's word, else the table's."""
    return policy.severities.get(code.code) or code.under(policy.kind, policy.demands)


def severity(code: Code, policy: Policy) -> Severity:
    """How bad it is under a policy, waivers aside: at least what the mesh itself asks for."""
    return worse(base_severity(code, policy), policy.floors.get(code.code, OK))


def worse(one: Severity, other: Severity) -> Severity:
    """The worse of two: fail, then unknown, then warn, then ok."""
    return max(one, other, key=_RANK.__getitem__)


def worst_severity(found: list[Severity]) -> Severity:
    """The worst of all; ok of none."""
    return max(found, key=_RANK.__getitem__, default=OK)
