"""Is the share of failed requests good? Knows nothing of who sent them."""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.verification.case import Case, Ruling, cut
from tierline.verification.sprt import Share, share


def requests(case: Case) -> Ruling:
    """Wald's sequential test over the requests that the current instance answered."""
    if not case.expectation.serves_http:
        message = "it serves no HTTP, so no requests are sampled"
        return Ruling(Severity.OK, "requests/off", message)
    sampled, limits = case.observations.requests, case.expectation.limits
    if sampled is None or not case.counts(sampled):
        message = "no request to the current instance was sampled"
        if sampled is not None and sampled.detail:
            message += f": {cut(sampled.detail)}"
        return Ruling(Severity.UNKNOWN, "requests/none", message)
    if case.stale(sampled):
        message = f"requests were last sampled {case.ago(sampled)}"
        return Ruling(Severity.UNKNOWN, "requests/none", message)
    total, errors = sampled.total, sampled.errors
    if not 0 <= errors <= total:
        message = f"{errors} errors of {total} requests cannot be"
        return Ruling(Severity.UNKNOWN, "requests/none", message)
    verdict = share(total, errors, limits)
    counted = f"{errors} of {total} requests failed"
    if verdict is Share.GOOD:
        return Ruling(Severity.OK, "requests/good", counted)
    if verdict is Share.BAD:
        message = f"{counted}, more than {limits.good_share:.1%} is too many"
        why = f": {cut(sampled.detail)}" if sampled.detail else ""
        return Ruling(Severity.FAIL, "requests/errors", message + why)
    if total == 0:
        return Ruling(Severity.UNKNOWN, "requests/none", "no request was answered yet")
    message = f"{counted}, which does not tell a good share from a bad one"
    exhausted = total >= limits.requests
    return Ruling(Severity.UNKNOWN, "requests/undecided", message, final=exhausted)
