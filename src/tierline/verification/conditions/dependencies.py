"""Does the service itself reach its owners? Knows nothing of how well the owners are."""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.facts.evidence import Answer, Dependencies
from tierline.verification.case import Case, Ruling, cut, together


def dependencies(case: Case) -> Ruling:
    """Each owner: what `/readyz` says if it names it, else a connection from the service's side.

    A connection can be had from a process that is stopped; where `/readyz` hangs it proves nothing.
    """
    if not case.expectation.owners:
        return Ruling(Severity.OK, "dependency/none", "it has no owners to reach")
    ready = case.observations.dependencies
    if ready is not None and not case.counts(ready):
        ready = None
    ruling = together([_owner(case, ready, owner) for owner in case.expectation.owners])
    if ruling.status is not Severity.OK or ready is None or case.stale(ready):
        return ruling
    if ready.answer is Answer.SILENT:
        message = f"whether it reaches its owners is not known{_why(ready.detail)}"
        return Ruling(Severity.UNKNOWN, "dependency/unknown", message)
    if ready.answer is Answer.FAILED:
        message = f"it reaches its owners, yet says that it is not ready{_why(ready.detail)}"
        return Ruling(Severity.WARN, "dependency/not-ready", message)
    return ruling


def _owner(case: Case, ready: Dependencies | None, owner: str) -> Ruling:
    if ready is not None and owner in ready.owners:
        if case.stale(ready):
            message = f"whether it still reaches its owner {owner} is not known: /readyz last said"
            return Ruling(Severity.UNKNOWN, "dependency/unknown", f"{message} so {case.ago(ready)}")
        if ready.owners[owner]:
            return Ruling(Severity.OK, "dependency/reached", f"it reaches {owner}")
        message = f"it does not reach its owner {owner} {case.taken()}{_why(ready.detail)}"
        return case.failing("dependency/unreachable", message)
    tried = case.observations.connections.get(owner)
    known = tried is not None and case.counts(tried) and not case.stale(tried)
    if tried is None or not known or tried.answer is Answer.UNKNOWN:
        message = f"whether it reaches its owner {owner} is not known"
        if ready is not None and ready.answer is Answer.SILENT:
            message += _why(ready.detail)
        elif ready is not None:
            message += ": /readyz does not name it and no connection could be tried"
        return Ruling(Severity.UNKNOWN, "dependency/unknown", message)
    if tried.owner == owner and tried.answer is Answer.OK:
        return Ruling(Severity.OK, "dependency/reached", f"it reaches {owner}")
    message = f"it cannot connect to its owner {owner} {case.taken()}{_why(tried.detail)}"
    return case.failing("dependency/unreachable", message)


def _why(detail: str) -> str:
    return f": {cut(detail)}" if detail else ""
