"""Turns a plan, where its rollout stands and the issues into a report; knows no format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tierline.facts.decision import Decision, worst
from tierline.ledger.derive import ASSUMED
from tierline.ledger.model import Issue, IssueState
from tierline.plan.model import Blocker, Plan, PlannedService
from tierline.report.admission import approvals_of, break_glass_of
from tierline.report.asked import evidence_of
from tierline.report.causes import causes_of
from tierline.report.follow_up import follow_up
from tierline.report.model import REFUSED, UNENDED, BatchReport, Report, ServiceReport, Watched
from tierline.report.refused import refused, skipped
from tierline.report.rollback import refusals_of, remarks_of, steps_of
from tierline.report.watching import follow_up_of_watch
from tierline.rollout.blocked import at_checkpoint, chain, why
from tierline.rollout.state import PASSED, ServiceState, State, Status
from tierline.rollout.steady import verdict


def build_report(plan: Plan, state: State | None, issues: Iterable[Issue] = ()) -> Report:
    """The report of a rollout as it stands, finished or not.

    `state` None: the plan was refused and nothing began. `issues` are all that the ledger holds of
    the environment; the report keeps the open ones and those that this rollout closed.
    """
    if state is None:
        services = refused(plan)
        blockers = plan.blockers
    else:
        services = tuple(_service(state, planned) for planned in plan.services)
        blockers = _blockers(state, services)
    rollout_id = state.rollout if state else ""
    return Report(
        rollout_id=rollout_id,
        plan_digest=plan.digest,
        mesh=plan.mesh,
        environment=plan.environment,
        target=plan.target,
        decision=_decision(plan, state),
        state=str(state.status) if state else REFUSED,
        reason=(state.reason or at_checkpoint(state)) if state else "the plan is not GO",
        requested_at=state.requested_at if state else None,
        ended_at=state.ended_at if state else None,
        bound_seconds=plan.bound_seconds,
        order=state.order if state else (),
        services=(*services, *(skipped(one) for one in plan.left_out)),
        batches=_batches(plan, services),
        blockers=blockers,
        causes=causes_of(blockers, services),
        overruled=plan.overruled,
        rollback=steps_of(state),
        issues=_shown(issues, rollout_id),
        follow_up=follow_up(plan, state),
        checkpoint=state.waits_at if state else "",
        watch=_watched(state),
        approved_by=approvals_of(state),
        break_glass=break_glass_of(state),
        rollback_refused=refusals_of(state),
        rollback_remarks=remarks_of(state),
        evidence=evidence_of(plan),
        boundaries=plan.boundaries,
    )


def decision_for(state: ServiceState) -> Decision:
    """What the state of a service in a rollout says of it."""
    if state in PASSED:
        return Decision.GO
    return Decision.NO_GO if state is ServiceState.FAILED else Decision.HOLD


def _decision(plan: Plan, state: State | None) -> Decision:
    """GO only for a rollout that completed, past no gate, and of which nothing failed since."""
    if state is None:
        return plan.decision
    passed = all(state.progress[name].state in PASSED for name in state.index.services)
    earnest = state.status is Status.COMPLETED and not state.requested.break_glass
    return Decision.GO if earnest and passed else Decision.HOLD


def with_watch(report: Report, state: State) -> Report:
    """The report of a rollout that was to be watched: GO takes a watch that is GO, too."""
    watch = state.watch
    if report.decision is not Decision.GO or watch is None:
        return report
    steps = follow_up_of_watch(state, watch)
    named = {one.command for one in steps}
    rest = (one for one in report.follow_up if one.command not in named)
    return replace(report, decision=verdict(state, watch), follow_up=(*steps, *rest))


def _watched(state: State | None) -> Watched | None:
    watch = state.watch if state else None
    if state is None or watch is None:
        return None
    reason = watch.reason if watch.ended_at is not None else UNENDED
    return Watched(verdict(state, watch), reason, watch.began_at, watch.ended_at, watch.seconds)


def _service(state: State, planned: PlannedService) -> ServiceReport:
    service_id = planned.service_id
    progress = state.of(service_id)
    blocked = why(state, service_id)
    reason = "; ".join(one.message for one in blocked) or progress.reason
    code = f"blocked/{blocked[0].kind}" if blocked and not progress.code else progress.code
    return ServiceReport(
        service_id=service_id,
        state=progress.word,
        decision=decision_for(progress.state),
        code=code,
        reason=reason,
        blocked_by=blocked,
        chain=() if progress.state in PASSED else chain(state, service_id),
        attempts=progress.attempt,
        started_at=progress.started_at,
        verified_at=progress.verified_at,
        revision=planned.revision.id,
        batch=planned.batch,
        effective_tier=planned.effective_tier,
    )


def _batches(plan: Plan, services: Sequence[ServiceReport]) -> tuple[BatchReport, ...]:
    by_id = {service.service_id: service for service in services}
    found: list[BatchReport] = []
    for batch in plan.batches:
        inside = tuple(by_id[name] for name in batch.services)
        found.append(BatchReport(batch.id, worst(one.decision for one in inside), inside))
    return tuple(found)


def _blockers(state: State, services: Sequence[ServiceReport]) -> tuple[Blocker, ...]:
    """Owners outside the plan that did not pass, then every service that is not GO; worst first."""
    outside = [
        Blocker(progress.code or "blocked/owner", name, progress.reason, (name,))
        for name in state.index.outside
        if (progress := state.of(name)).state in {ServiceState.FAILED, ServiceState.HELD}
    ]
    stopped = [
        service
        for service in services
        if service.decision is Decision.NO_GO or service.state == ServiceState.HELD
    ]
    stopped.sort(key=lambda service: service.decision is not Decision.NO_GO)
    planned = [Blocker(one.code, one.service_id, one.reason, one.chain) for one in stopped]
    return (*outside, *planned)


def _shown(issues: Iterable[Issue], rollout_id: str) -> tuple[Issue, ...]:
    """Open ones first, what was only assumed last of them, then by age."""
    kept = [
        issue
        for issue in issues
        if issue.state is IssueState.OPEN or (rollout_id and issue.rollout == rollout_id)
    ]
    kept.sort(
        key=lambda one: (one.state is IssueState.CLOSED, one.code == ASSUMED, one.opened_at, one.id)
    )
    return tuple(kept)
