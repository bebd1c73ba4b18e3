"""Judges what the mesh's own gate scripts said, and where they and our gates disagree; runs nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.decision import Severity
from tierline.facts.scripts import ScriptRun
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.policy.model import Demand, Policy
from tierline.readiness.facts import GateFacts
from tierline.readiness.gate import Found

_NOT_RUN = "they are programs of the mesh's own, run only on request: check --scripts"


def scripts_off(_mesh: Mesh, facts: GateFacts, policy: Policy) -> str:
    """Why the scripts are not asked: nobody wanted them run, and no policy asks for it."""
    if facts.scripts is None:
        return "" if policy.demand("scripts") is not Demand.OFF else _NOT_RUN
    return "" if facts.scripts.runs else "the mesh has no gate scripts of its own"


def judge_scripts(mesh: Mesh, facts: GateFacts, _policy: Policy, raw: Found) -> Iterator[Defect]:
    """A finding for each script that found something, gave no answer, or disagrees with us."""
    if facts.scripts is None:
        place = Place(f"{mesh.label}/scripts")
        yield Defect("scripts/not-run", "the mesh's own gate scripts were not run", place)
        return
    for run in facts.scripts.runs:
        yield from _of(run, mesh, raw)


def _of(run: ScriptRun, mesh: Mesh, raw: Found) -> Iterator[Defect]:
    place = Place(f"{mesh.label}/scripts/{run.name}")
    took = f"after {run.seconds:.1f} s"
    if run.trouble or run.code not in {0, 1}:
        why = run.trouble or f"it ended with {run.code} {took}: {run.said or 'it said nothing'}"
        yield Defect("scripts/no-answer", why, place)
        return
    if run.code == 1:
        message = f"it has findings, {took}: {run.said or 'it does not say which'}"
        yield Defect("scripts/findings", message, place)
    asked = [gate for gate in run.gates if gate in raw.judged]
    if not asked or len(asked) < len(run.gates):
        return
    bad = [one for one in raw.findings if one.gate in asked and one.status is Severity.FAIL]
    if bool(bad) is not (run.code == 1):
        ours = f"{len(bad)} failures" if bad else "no failure"
        theirs = "findings" if run.code == 1 else "nothing to say"
        yield Defect(
            "scripts/disagrees",
            f"it has {theirs}, and {' and '.join(asked)} have {ours}",
            place,
        )
