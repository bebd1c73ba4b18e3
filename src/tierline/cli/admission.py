"""May a plan be carried out? By its gates and its approvals, or past them with --break-glass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tierline.cli import output
from tierline.cli.plan_file import read_approval
from tierline.cli.session import clock_of
from tierline.errors import PermanentError, UsageError
from tierline.facts.decision import Decision, worst
from tierline.ledger.words import command_in
from tierline.plan.admission import Admission, admitted, in_the_way, reason_of, told, unpassable
from tierline.plan.document import to_json
from tierline.policy.model import Demand
from tierline.report.layout import wrapped

if TYPE_CHECKING:
    from tierline.cli.papers import Papers
    from tierline.conductor.assent import Assent
    from tierline.conductor.workspace import Workspace
    from tierline.plan.model import Plan
    from tierline.rollout.state import State
    from tierline.store.protocol import Store


class NotApproved(PermanentError):  # noqa: N818 - a fact about the plan, not a mistake
    """What was approved is approved no more; HOLD, as for a plan that nobody has approved."""

    exit_code = output.EXIT[Decision.HOLD]


def admit(workspace: Workspace, store: Store, plan: Plan, papers: Papers) -> Admission | Plan:
    """Why the plan may begin; else the plan as it stands with all that is in its way.

    A plan that lacks only an approval is kept, so that it can be approved by its digest.
    """
    reason = "" if papers.break_glass is None else reason_of(papers.break_glass)
    found = _assent(workspace, store, plan, papers)
    if admitted(plan, found.consent):
        if reason:
            output.note("nothing stands in the way: the glass stays whole")
        _warn(found)
        return Admission(found.approvals)
    refused = _with_what_is_in_the_way(plan, found)
    if reason:
        return _past(workspace, refused, found, reason)
    store.save_plan(plan.digest, to_json(plan))
    return refused


def _assent(workspace: Workspace, store: Store, plan: Plan, papers: Papers) -> Assent:
    """Imports what judges people's word only where somebody's is asked for, or brought."""
    from tierline.conductor.assent import assent

    brought = tuple(map(read_approval, papers.approvals))
    return assent(workspace, store, plan, brought, clock_of(workspace, store).now())


def refuse_unapproved(workspace: Workspace, store: Store, state: State) -> None:
    """Refuse to go on with a rollout whose approval was taken back since, or is trusted no more."""
    asked = state.requested
    if asked.break_glass or workspace.policy.demand("approval") is Demand.OFF:
        return
    from tierline.conductor.assent import still_assented

    times = (state.requested_at, clock_of(workspace, store).now())
    found = still_assented(workspace, store, state.plan, asked.approvals, times)
    if found.decision is Decision.GO:
        return
    reason = found.reasons[0]
    digest = state.plan.digest[:12]
    raise NotApproved(
        f"{state.rollout} may not go on: {reason.message}",
        code=reason.code,
        fix=f"have it approved again: {command_in(state.plan.environment, f'approve {digest}')}; "
        f"or give it up: {command_in(state.plan.environment, 'abort')}",
    )


def _with_what_is_in_the_way(plan: Plan, found: Assent) -> Plan:
    """For showing only: the decision and the blockers, approval included; never carried out."""
    decision = worst([plan.decision, found.consent.decision])
    return replace(plan, decision=decision, blockers=in_the_way(plan, found.consent))


def _past(workspace: Workspace, refused: Plan, found: Assent, reason: str) -> Admission:
    if not workspace.policy.break_glass:
        raise UsageError(
            f"the policy of {workspace.environment} forbids --break-glass",
            code="usage/break-glass-forbidden",
            fix="mend what is in the way, or ask whoever keeps the policy file",
        )
    if never := unpassable(refused):
        listed = "\n  ".join(dict.fromkeys(f"{one.code}: {one.message}" for one in never))
        raise UsageError(
            f"no emergency passes this, because nothing could be ordered or verified:\n  {listed}",
            code="usage/unpassable",
            fix="mend it, or leave those services out of the selection",
        )
    return Admission(found.approvals, reason, told(refused.blockers))


def warn_of(admission: Admission) -> None:
    """Say on stderr, before anybody is asked, what is passed and why."""
    if not admission.break_glass:
        return
    columns = output.width()
    output.note("\n".join(wrapped(f"BREAK-GLASS: {admission.break_glass}", columns)))
    for line in admission.passed:
        output.note("\n".join(wrapped(f"passes {line}", columns, "  ", "    ")))
    output.note("  what runs is verified all the same; this is written down, and opens an issue")


def ask(admission: Admission) -> None:
    """Ask a person who is there; Declined for a no."""
    asked = "Pass all that and roll this out?" if admission.break_glass else "Roll this out?"
    output.confirm(asked)


def _warn(found: Assent) -> None:
    for reason in found.consent.reasons:
        output.note(f"warning: {reason.code}: {reason.message}")
