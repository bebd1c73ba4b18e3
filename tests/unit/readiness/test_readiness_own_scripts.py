"""What the mesh's own scripts said, as findings; and when nobody asks them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.readiness_cases import judge_files, mesh_files, shown
from tierline.facts.scripts import OwnScripts, ScriptRun
from tierline.policy.builtin import builtin
from tierline.policy.model import Demand, EnvironmentKind
from tierline.readiness.check import check
from tierline.readiness.model import Check

ONLY = frozenset({"structure", "scripts"})
GOOD = ScriptRun("validate-mesh-structure.sh", ("structure",), 0, 0.5)


def judged(scripts: OwnScripts | None, demand: Demand = Demand.OFF, without: str = "") -> Check:
    made = judge_files({p: text for p, text in mesh_files().items() if p != without})
    policy = builtin("staging", EnvironmentKind.STAGING, "local")
    policy = replace(policy, demands={**policy.demands, "scripts": demand})
    return check(made.mesh, replace(made.facts, scripts=scripts), policy, ONLY, 0.0)


def found(check: Check) -> list[str]:
    return [line for line in shown(check.findings) if " scripts/" in line]


def reason(check: Check) -> str:
    return next(one.reason for one in check.gates if one.gate == "scripts")


def test_nobody_runs_them_unasked_and_a_policy_that_demands_them_holds() -> None:
    assert reason(judged(None)) == (
        "they are programs of the mesh's own, run only on request: check --scripts"
    )
    assert reason(judged(OwnScripts())) == "the mesh has no gate scripts of its own"
    assert found(judged(None, Demand.EXPECTED)) == ["warn scripts/not-run - mesh/scripts:0"]
    assert found(judged(None, Demand.REQUIRED)) == ["unknown scripts/not-run - mesh/scripts:0"]


@pytest.mark.parametrize(
    ("run", "lines"),
    [
        (GOOD, []),
        (replace(GOOD, code=1), ["fail scripts/findings", "warn scripts/disagrees"]),
        (replace(GOOD, code=1, gates=()), ["fail scripts/findings"]),
        (replace(GOOD, code=1, gates=("index",)), ["fail scripts/findings"]),
        (replace(GOOD, code=2), ["unknown scripts/no-answer"]),
        (replace(GOOD, code=-9), ["unknown scripts/no-answer"]),
        (replace(GOOD, code=0, trouble="took too long"), ["unknown scripts/no-answer"]),
    ],
)
def test_an_exit_code_is_a_finding(run: ScriptRun, lines: list[str]) -> None:
    place = " - mesh/scripts/validate-mesh-structure.sh:0"
    assert found(judged(OwnScripts((run,)))) == [line + place for line in lines]


def test_a_script_that_passes_what_a_gate_fails_disagrees() -> None:
    result = judged(OwnScripts((GOOD,)), without="docs/local-dev.md")
    (one,) = [one for one in result.findings if one.gate == "scripts"]
    assert (one.code, one.message) == (
        "scripts/disagrees", "it has nothing to say, and structure have 1 failures",
    )  # fmt: skip
