"""The commands that lead on from where a rollout stands; knows no terminal and runs nothing."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from tierline.facts.decision import Decision
from tierline.facts.difference import Orphan
from tierline.ledger.words import again, command_in, dependents, selected, the_same
from tierline.plan.model import Plan
from tierline.plan.ready import unasked
from tierline.report.model import FollowUp
from tierline.rollout.blocked import called
from tierline.rollout.state import PASSED, Kind, ServiceState, State, Status

_REHEARSAL = "simulated"
_APPROVAL = "approval/"
"""codes of what keeps a plan from being approved"""

_ANEW = {
    Status.ABORTED: "start anew; what is verified stays as it is",
    Status.ROLLED_BACK: "when it is mended: release it anew",
}


def follow_up(plan: Plan, state: State | None) -> tuple[FollowUp, ...]:
    """What a person may do now, the likeliest first; nothing after a rollout that completed.

    Nor after a rehearsal: nothing of it is kept that one could go on with.
    """
    if plan.target == _REHEARSAL:
        return ()
    if state is None:
        return _refused(plan)
    match state.status:
        case Status.HELD:
            return _held(plan, state)
        case Status.RUNNING if state.waits_at:
            abort = _step(plan, "abort", "give the environment up as it is")
            return (_step(plan, "resume", _resuming(state)), abort)
        case Status.RUNNING | Status.HOLDING | Status.ABORTING | Status.ROLLING_BACK:
            return (_step(plan, "status", "whether it goes on, or was interrupted"),)
        case Status.ABORTED | Status.ROLLED_BACK:
            return (FollowUp(again(state), _ANEW[state.status]),)
        case Status.COMPLETED:
            return _completed(plan, state)
        case Status.SUPERSEDED:
            return ()


def _completed(plan: Plan, state: State) -> tuple[FollowUp, ...]:
    steps: list[FollowUp] = []
    if any(progress.state not in PASSED for progress in state.progress.values()):
        steps.append(FollowUp(again(state), "after a change: start anew what failed since"))
    elif state.requested.break_glass:
        steps.append(FollowUp(again(state), "in earnest, when what was passed is mended"))
    asked = unasked(plan)
    if asked:
        steps.append(_step(plan, "issues", "what is left to do for those left out on request"))
    if any(one.chain[-1] not in asked for one in plan.left_out):
        steps.append(_step(plan, selected("ready", plan), "why the rest is not ready"))
    return tuple(steps)


def _held(plan: Plan, state: State) -> tuple[FollowUp, ...]:
    """Who failed is mended first; who was only held goes on as it is."""
    resume = _step(plan, "resume", _resuming(state))
    mended = FollowUp(again(state), "after a change: plan anew and go on from what is verified")
    abort = _step(plan, "abort", "give the environment up as it is")
    rest = _without_culprits(state)
    if state.failures:
        return (mended, *rest, resume, abort)
    return (resume, mended, *rest, abort)


def _without_culprits(state: State) -> tuple[FollowUp, ...]:
    """The way to a GO for the others: without whoever decides; nothing where that leaves nobody."""
    culprits = [name for name in state.index.services if _decides(state, name)]
    gone = {*culprits, *(d for name in culprits for d in dependents(state, name))}
    if not culprits or len(gone) == len(state.index.services):
        return ()
    purpose = "go on without what did not pass and what depends on it"
    return (FollowUp(again(state, culprits), purpose),)


def _decides(state: State, service_id: str) -> bool:
    """Whether a planned service did not pass for a reason of its own, or an owner's that is not planned."""
    one = state.of(service_id)
    if one.state is ServiceState.FAILED:
        return True
    return one.held is not None and (
        one.held.kind is Kind.EVIDENCE or one.held.by in state.index.outside
    )


def _resuming(state: State) -> str:
    passes = f"pass the checkpoint after {called(state.waits_at)}" if state.waits_at else ""
    again = "try again what is not verified, at the same revisions"
    if passes and state.status is Status.RUNNING and not state.failures:
        return f"{passes} and go on"
    return f"{passes}; {again}" if passes else again


def _refused(plan: Plan) -> tuple[FollowUp, ...]:
    unapproved = [one for one in plan.blockers if one.code.startswith(_APPROVAL)]
    steps: list[FollowUp] = []
    if unapproved:
        steps.append(_step(plan, f"approve {plan.digest[:12]}", "by an approver, on this machine"))
        words = selected("plan", plan) + " -o plan.json"
        steps.append(_step(plan, words, "for an approver elsewhere: tierline approve plan.json"))
    if _ready_in_part(plan):
        words = the_same("rollout", plan) + " --ready-only"
        steps.append(
            _step(plan, words, "go on with what is ready; the rest is left out, and named")
        )
    if len(unapproved) < len(plan.blockers) or not unapproved:
        steps.append(_step(plan, "check", "every finding with its place and fix"))
        if plan.decision is not Decision.GO:
            words = selected("ready", plan)
            steps.append(_step(plan, words, "the decision of each service, and why"))
    return tuple(steps)


def _ready_in_part(plan: Plan) -> bool:
    """Whether only some services, with their dependents, are in the way of the others."""
    if plan.ready_only or not plan.blockers or not all(one.service_id for one in plan.blockers):
        return False
    return any(service.decision is Decision.GO for service in plan.services)


def _step(plan: Plan, words: str, purpose: str) -> FollowUp:
    return FollowUp(command_in(plan.environment, words), purpose)


def of_brought(brought: Mapping[str, tuple[str, ...]], namespace: str) -> tuple[FollowUp, ...]:
    """Who has rolled services out that tierline did not: each service with its field managers."""
    return tuple(
        FollowUp(
            f"kubectl -n {namespace} get deployments --show-managed-fields -o yaml",
            f"{service_id} was rolled out by {', '.join(managers) or 'nobody known'}, not by tierline;"
            " it was judged as it is, and not changed",
        )
        for service_id, managers in sorted(brought.items())
    )


def of_orphans(orphans: Iterable[Orphan], namespace: str) -> tuple[FollowUp, ...]:
    """How to end what no service of the mesh declares any more, a command each; nobody else does."""
    return tuple(
        FollowUp(
            f"kubectl -n {namespace} delete {one.kind.lower()} {shlex.quote(one.name)}",
            f"an orphan: the mesh has no {one.service_id} any more",
        )
        for one in orphans
    )
