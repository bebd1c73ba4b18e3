"""How a watch went, as a value that text, Markdown and JSON share; knows no format."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.facts.decision import Decision, Severity
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.ledger.model import Issue, IssueState
from tierline.ledger.words import again, command, selected
from tierline.report.asked import FULL, evidence_of
from tierline.report.model import UNENDED, FollowUp
from tierline.report.times import span
from tierline.rollout.state import PASSED, State
from tierline.rollout.steady import fates, verdict
from tierline.rollout.watch import Degradation, Watch

SCHEMA = "tierline/watch/1"


@frozen
class WatchedService:
    """What the watch says of one planned service; `reason` and `code` are "" where it is GO."""

    service_id: str
    state: str
    decision: Decision
    code: str
    reason: str


@frozen
class WatchReport:
    """The whole of it. `degradations` are in the order in which they began, remarks among them.

    `reason` says why the watch ended early, "" if it did not; `ended_at` is None while it goes on,
    or if whoever watched was killed. `break_glass` is why the rollout passed gates, "" if it did not.
    """

    rollout_id: str
    plan_digest: str
    mesh: str
    environment: str
    target: str
    decision: Decision
    reason: str
    began_at: Instant
    ended_at: Instant | None
    seconds: float
    sustained_seconds: float
    services: tuple[WatchedService, ...]
    degradations: tuple[Degradation, ...]
    issues: tuple[Issue, ...]
    follow_up: tuple[FollowUp, ...]
    break_glass: str = ""
    evidence: str = FULL


def watch_report(state: State, watch: Watch, issues: Iterable[Issue] = ()) -> WatchReport:
    """The report of the newest watch of a rollout; of `issues`, the open ones of its services."""
    decided = fates(state, watch)
    services = tuple(_service(state, watch, name, decided[name]) for name in state.index.services)
    ill = {one.service_id for one in services if one.state not in PASSED}
    plan = state.plan
    return WatchReport(
        rollout_id=state.rollout,
        plan_digest=plan.digest,
        mesh=plan.mesh,
        environment=plan.environment,
        target=plan.target,
        decision=verdict(state, watch),
        reason=watch.reason if watch.ended_at is not None else UNENDED,
        began_at=watch.began_at,
        ended_at=watch.ended_at,
        seconds=watch.seconds,
        sustained_seconds=watch.sustained_seconds,
        services=services,
        degradations=watch.spells,
        issues=tuple(i for i in issues if i.state is IssueState.OPEN and i.service_id in ill),
        follow_up=follow_up_of_watch(state, watch),
        break_glass=state.requested.break_glass,
        evidence=evidence_of(plan),
    )


def headline(report: WatchReport) -> str:
    """The decision in one sentence."""
    total = len(report.services)
    if report.decision is Decision.GO:
        who = f"all {total} services" if total > 1 else "the service"
        blinks = sum(one.severity is not Severity.WARN for one in report.degradations)
        if not blinks:
            return f"{who} stayed well for {span(report.seconds)}"
        verb, times = "are" if total > 1 else "is", "once" if blinks == 1 else f"{blinks} times"
        return f"{who} {verb} well after {span(report.seconds)}; degraded for moments, {times}"
    early = ""
    if report.reason:
        until = report.ended_at or report.began_at
        early = f"{report.reason} after {span(until - report.began_at)} of {span(report.seconds)}"
    told = [
        _named([one for one in report.services if one.state == "failed"], "failed"),
        _named([one for one in report.services if one.state == "held"], "could not be judged"),
        _named(
            [one for one in report.services if one.code and one.state not in {"failed", "held"}],
            "did not stay well to the end",
        ),
        early,
        f"it passed gates, so it is never GO: {report.break_glass}" if report.break_glass else "",
    ]
    return "; ".join(part for part in told if part)


def about(report: WatchReport) -> str:
    """What is reported: `watch of rollout R-1 of shop in local`."""
    return f"watch of rollout {report.rollout_id} of {report.mesh} in {report.environment}"


def spell_words(report: WatchReport, spell: Degradation) -> str:
    """`+12.0 s to +16.0 s (4.0 s)`, counted from the begin of the watch."""
    begin = f"+{span(spell.since - report.began_at)}"
    if spell.sustained:
        return f"from {begin} on, longer than {span(report.sustained_seconds)}"
    if spell.until is None:
        return f"from {begin} to the end"
    return f"{begin} to +{span(spell.until - report.began_at)} ({span(spell.until - spell.since)})"


def spell_reason(spell: Degradation) -> str:
    """What was wrong; of one that suffers from an owner, from which."""
    if spell.because:
        return f"suffers from {spell.because}"
    note = "a remark: " if spell.severity is Severity.WARN else ""
    return f"{note}{spell.message}"


def _named(services: list[WatchedService], verb: str) -> str:
    names = [one.service_id for one in services]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more} {verb}" if names else ""


def _service(state: State, watch: Watch, name: str, decision: Decision) -> WatchedService:
    progress = state.progress[name]
    code, reason = "", ""
    if progress.state not in PASSED:
        code, reason = progress.code, progress.reason
    elif decision is not Decision.GO:
        last = [s for s in watch.spells if s.service_id == name and s.severity is not Severity.WARN]
        ended = watch.ended_at or watch.began_at
        late = last and (last[-1].until is None or last[-1].until > ended - watch.sustained_seconds)
        if last and late:
            code, reason = last[-1].code, spell_reason(last[-1])
    return WatchedService(name, str(progress.state), decision, code, reason)


def follow_up_of_watch(state: State, watch: Watch) -> tuple[FollowUp, ...]:
    """What a person may do after a watch, the likeliest first; nothing after a good one."""
    if verdict(state, watch) is Decision.GO:
        return ()
    ill = [name for name in state.index.services if state.progress[name].state not in PASSED]
    if not ill and state.requested.break_glass and watch.over:
        words = command(state, selected("rollout", state.plan))
        return (FollowUp(words, "once what was passed is mended: roll it out in earnest"),)
    if not ill:
        return (FollowUp(command(state, "watch"), "watch again, from the beginning"),)
    anew = FollowUp(again(state), "after a change: start anew what failed, then watch again")
    return (FollowUp(command(state, "issues"), "what is unresolved, and whom it hits"), anew)
