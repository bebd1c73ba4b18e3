"""Do the live contracts with its neighbours hold? Knows nothing of what a contract says."""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.facts.evidence import Answer, Boundary
from tierline.verification.case import Case, Ruling, cut, together


def boundaries(case: Case) -> Ruling:
    """None of the boundaries checked since the start failed; unchecked ones do not block."""
    checked = [boundary for boundary in case.observations.boundaries if _concerns(case, boundary)]
    broken = [boundary for boundary in checked if boundary.answer is Answer.FAILED]
    if broken:
        return together([_broken(boundary) for boundary in broken])
    held = sum(boundary.answer is Answer.OK for boundary in checked)
    message = f"{held} boundary contracts hold" if held else "no boundary contract was asked for"
    return Ruling(Severity.OK, "boundary/ok", message)


def _concerns(case: Case, boundary: Boundary) -> bool:
    """A boundary checked against an instance that nobody could name counts as well."""
    return (
        case.expectation.service_id in (boundary.consumer, boundary.provider)
        and boundary.at >= case.expectation.since
        and boundary.instance in ("", *(instance.id for instance in case.current()))
    )


def _broken(boundary: Boundary) -> Ruling:
    pair = f"{boundary.contract} between {boundary.consumer} and {boundary.provider}"
    why = f": {cut(boundary.detail)}" if boundary.detail else ""
    return Ruling(Severity.FAIL, "boundary/broken", f"{pair} does not hold{why}")
