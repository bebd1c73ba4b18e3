"""Gate tests: does every suite that a policy asks for have evidence, of exactly this revision?

Knows no file and no cryptography. Only evidence that counts decides, and of that the newest; where
none counts, each reason why is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.facts.revision import UNKNOWN, Revision
from tierline.facts.testing import Kept, KnownResults, Outcome, Seal, Suite, SuiteResult
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import short_id
from tierline.policy.model import Demand, Policy
from tierline.readiness.code import severity
from tierline.readiness.codes_tests import MISSING
from tierline.readiness.facts import GateFacts

AHEAD_SECONDS = 300.0
"""how far the clock of a signer may be ahead of ours"""
_HOUR = 3600.0
_NAMED = 3
_SEALS = {
    Seal.FORGED: ("bad-signature", "its signature is not that of the key that it names"),
    Seal.UNSIGNED: ("unsigned", "nobody signed it"),
}
_LATE = "other-revision"
"""told only where there is nothing worse: after every edit there is evidence of what was before"""


@frozen
class Standing:
    """What is known of one suite of one service.

    `result` is the evidence that decides, or would if it counted. `code` is "" where it shows a pass;
    `fact` says why it does not, in words that follow the name of the suite.
    """

    service_id: str
    suite: str
    result: SuiteResult | None
    code: str = ""
    fact: str = ""


def demand_of(policy: Policy, suite: Suite) -> Demand:
    """How much a policy asks for a suite; off where it asks for no test evidence at all."""
    if policy.demand("tests") is Demand.OFF:
        return Demand.OFF
    return policy.demand(f"{suite}_tests")


def suites_asked(policy: Policy) -> tuple[Suite, ...]:
    """The suites that a policy asks for, in their order."""
    return tuple(suite for suite in Suite if demand_of(policy, suite) is not Demand.OFF)


def off(mesh: Mesh, facts: GateFacts, policy: Policy) -> str:
    """Why nobody asks for test evidence; "" where somebody does."""
    del mesh, facts
    return "" if suites_asked(policy) else f"the policy of {policy.environment} asks for no tests"


def judge_tests(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Every suite of every service that does not count as passed, with the reason."""
    known = facts.tests
    whole = Place(mesh.label)
    if not mesh.services:
        return
    if known is None:
        yield Defect("tests/not-judged", "nobody looked for test evidence", whole)
        return
    if known.trouble:
        message = f"test evidence cannot be looked at: {clean(known.trouble, 500)}"
        yield Defect("tests/no-state", message, whole)
        return
    if not known.kept and severity(MISSING, policy) is Severity.WARN:
        message = f"no test evidence for {policy.environment}: nobody has run tierline test here"
        yield Defect(MISSING.code, message, whole, "run the suites of all services: tierline test")
        return
    by_service = sorted_by_service(known.kept)
    for service in mesh.services.values():
        mine = by_service.get(service.service_id, ())
        found = standings(mesh.name, service.service_id, mine, known, policy)
        yield from _defects(service, whole, [one for one in found if one.code], policy)


def sorted_by_service(kept: Iterable[Kept]) -> dict[str, list[Kept]]:
    """Service id, as the files are named -> what is kept of it."""
    found: dict[str, list[Kept]] = {}
    for one in kept:
        found.setdefault(one.service_id, []).append(one)
    return found


def standings(
    mesh: str, service_id: str, kept: Iterable[Kept], known: KnownResults, policy: Policy
) -> Iterator[Standing]:
    """How each suite of a service stands that the policy asks for; a reason each where it fails."""
    mine = list(kept)
    for suite in suites_asked(policy):
        here = [one for one in mine if one.suite == suite]
        yield from _standing(mesh, service_id, suite, here, known, policy)


def _standing(
    mesh: str, service_id: str, suite: Suite, kept: list[Kept], known: KnownResults, policy: Policy
) -> Iterator[Standing]:
    counting: list[SuiteResult] = []
    objections: dict[str, Standing] = {}
    for one in sorted(kept, key=_when, reverse=True):
        objection = _objection(mesh, service_id, one, known, policy)
        if objection is None and one.result is not None:
            counting.append(one.result)
        elif objection is not None:
            told = Standing(service_id, suite, one.result, *objection)
            objections.setdefault(objection[0], told)
    if counting:
        yield from _outcome(service_id, suite, counting[0], policy)
        return
    if len(objections) > 1:
        objections.pop(_LATE, None)
    if not objections:
        yield Standing(service_id, suite, None, "missing", "nobody has run them")
    yield from objections.values()


def kept_standing(mesh: str, one: Kept, known: KnownResults, policy: Policy) -> Standing:
    """How one piece of evidence stands by itself, whatever else there is."""
    objection = _objection(mesh, one.service_id, one, known, policy)
    if objection is not None or one.result is None:
        return Standing(one.service_id, one.suite, one.result, *(objection or ()))
    return next(_outcome(one.service_id, one.result.suite, one.result, policy))


def _when(one: Kept) -> Instant:
    return one.result.at if one.result else 0.0


def _outcome(
    service_id: str, suite: Suite, result: SuiteResult, policy: Policy
) -> Iterator[Standing]:
    """What the newest evidence that counts says."""
    if result.outcome is Outcome.FAILED:
        fact = f"{result.counts.failed} of {result.counts.run} failed on {day(result.at)}"
        named = ", ".join(clean(name, 80) for name in result.failures[:_NAMED])
        yield Standing(service_id, suite, result, "failed", fact + (f": {named}" if named else ""))
    elif not result.counts.passed:
        yield Standing(service_id, suite, result, "no-tests", "the suite ran no test")
    else:
        yield Standing(service_id, suite, result)
    if policy.demand("trusted_tests") is Demand.EXPECTED and not policy.trust.holder(result.key):
        yield Standing(service_id, suite, result, "key-not-trusted", _whose(result))


def _objection(
    mesh: str, service_id: str, one: Kept, known: KnownResults, policy: Policy
) -> tuple[str, str] | None:
    """(slug, fact) of the first reason why a file is no evidence here; None where it is some."""
    result = one.result
    if result is None:
        return "malformed", f"{clean(one.file, 120)} is no evidence: {clean(one.trouble, 200)}"
    if result.seal is not Seal.GENUINE:
        slug, fact = _SEALS[result.seal]
        return slug, f"of the evidence {clean(one.file, 120)} counts nothing: {fact}"
    return (
        _subject(mesh, service_id, one, result, policy)
        or _revision(result, known.revisions.get(service_id))
        or _key(result, known, policy)
        or _age(result, known.now, policy)
    )


def _subject(
    mesh: str, service_id: str, one: Kept, result: SuiteResult, policy: Policy
) -> tuple[str, str] | None:
    if (result.service_id, result.suite) != (service_id, one.suite):
        other = f"{clean(result.service_id)}, {result.suite}"
        return "other-service", f"the evidence in its place is of {other}"
    if result.mesh != mesh:
        return "other-mesh", f"the evidence is of {clean(result.mesh)}, and this is {clean(mesh)}"
    if policy.environment not in result.environments:
        made = ", ".join(map(clean, result.environments))
        return "other-environment", f"the evidence was made for {made}"
    return None


def _revision(result: SuiteResult, revision: Revision | None) -> tuple[str, str] | None:
    if revision is None:
        return "revision-unknown", "nobody could tell the revision of what is here"
    unknown = [part.name for part in revision.source if part.digest == UNKNOWN]
    if unknown:
        return "revision-unknown", f"nobody can tell {', '.join(map(clean, unknown[:_NAMED]))}"
    if result.revision != revision.source_id:
        old, new = result.revision[:12], revision.source_id[:12]
        return _LATE, f"the evidence is of revision {clean(old)}, and this is {new}"
    return None


def _key(result: SuiteResult, known: KnownResults, policy: Policy) -> tuple[str, str] | None:
    if policy.trust.holder(result.key) is not None:
        return None
    if policy.demand("trusted_tests") is Demand.REQUIRED:
        return "key-not-trusted", _whose(result)
    if result.key not in known.own_keys:
        return "foreign-key", _whose(result)
    return None


def _whose(result: SuiteResult) -> str:
    return f"the evidence is signed by a key that calls itself {clean(result.signer, 64)}"


def _age(result: SuiteResult, now: Instant, policy: Policy) -> tuple[str, str] | None:
    hours = policy.evidence.test_hours
    if result.at > now + AHEAD_SECONDS:
        return "from-the-future", f"the evidence is of {day(result.at)}"
    if now > result.at + hours * _HOUR:
        return "expired", f"the evidence is of {day(result.at)}, more than {hours:g} hours ago"
    return None


def _defects(
    service: Service, whole: Place, found: list[Standing], policy: Policy
) -> Iterator[Defect]:
    """One a reason, for all suites that share it."""
    together: dict[tuple[str, str], list[str]] = {}
    for one in found:
        soft = demand_of(policy, Suite(one.suite)) is Demand.EXPECTED
        soft = soft and policy.demand("tests") is Demand.REQUIRED
        slug = "expected-suite" if soft else one.code
        together.setdefault((slug, one.fact), []).append(one.suite)
    short = short_id(service.service_id)
    place = Place(f"{whole.path}/{service.path}/tests") if service.path else whole
    for (slug, fact), suites in together.items():
        message = f"{short}: {_listed(suites)} tests: {fact}"
        fix = f"tierline test {short}" if slug in {"missing", _LATE, "expired"} else ""
        yield Defect(f"tests/{slug}", message, place, fix, service.service_id)


def _listed(suites: list[str]) -> str:
    *first, last = map(str, suites)
    return f"{', '.join(first)} and {last}" if first else last


def day(at: Instant) -> str:
    """An instant for people, to the minute, in UTC."""
    try:
        return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "an impossible date"
