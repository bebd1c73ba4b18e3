"""Is the planned revision what runs, on every instance? Knows nothing of whether it works."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.facts.decision import Severity
from tierline.facts.observation import Instance, Phase
from tierline.verification.case import Case, Ruling, cut, short


def revision(case: Case) -> Ruling:
    """Every living instance shows the planned revision; without one, all show the same."""
    seen, planned = case.seen, case.expectation.revision
    if seen is None:
        return Ruling(Severity.UNKNOWN, "revision/unseen", "what runs has not been observed yet")
    alive = [instance for instance in seen.instances if instance.phase is not Phase.EXITED]
    if not alive:
        return Ruling(Severity.UNKNOWN, "revision/unseen", "no instance runs")
    nameless = [instance for instance in alive if not instance.revision]
    if nameless:
        which = _names(nameless)
        return Ruling(
            Severity.UNKNOWN,
            "revision/unseen",
            f"the revision of {which} is not known{_doubt(nameless)}",
        )
    return _planned(case, alive, planned) if planned else _equal(case, alive)


def _planned(case: Case, alive: Sequence[Instance], planned: str) -> Ruling:
    others = [instance for instance in alive if instance.revision != planned]
    if not others:
        return Ruling(Severity.OK, "revision/planned", f"revision {short(planned)} runs")
    mislabelled = [i for i in others if case.expectation.key and case.ours(i)]
    if mislabelled:
        return Ruling(
            Severity.FAIL,
            "revision/wrong",
            f"{_names(mislabelled)} was started at revision {short(mislabelled[0].revision)}, "
            f"planned is {short(planned)}",
        )
    if doubt := _doubt(others):
        return case.failing("revision/other", f"{_names(others)} is not as planned{doubt}")
    return case.failing(
        "revision/other",
        f"{_names(others)} of revision {short(others[0].revision)} still runs, "
        f"planned is {short(planned)}",
    )


def _equal(case: Case, alive: Sequence[Instance]) -> Ruling:
    found = sorted({instance.revision for instance in alive})
    if len(found) == 1:
        return Ruling(Severity.OK, "revision/planned", f"revision {short(found[0])} runs")
    listed = ", ".join(short(each) for each in found)
    return case.failing("revision/mixed", f"its instances are of different revisions: {listed}")


def _doubt(instances: Sequence[Instance]) -> str:
    """What the target says of it, each once."""
    told = dict.fromkeys(one.doubt for one in instances if one.doubt)
    return f": {cut('; '.join(told))}" if told else ""


def _names(instances: Sequence[Instance]) -> str:
    return ", ".join(f"{instance.workload} {instance.id}" for instance in instances)
