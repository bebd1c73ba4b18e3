"""Whether people agree to a plan: gathers what was said of it and who wrote it, and has it judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tierline.conductor.workspace import Workspace
from tierline.facts.approval import Act, Authorship
from tierline.facts.decision import Decision
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.plan.approval import Consent, consent
from tierline.plan.model import Plan
from tierline.policy.model import Demand
from tierline.store.protocol import Store


@frozen
class Assent:
    """The judgement, and the envelopes of the approvals that count."""

    consent: Consent
    approvals: tuple[str, ...] = ()


def assent(
    workspace: Workspace, store: Store, plan: Plan, brought: Iterable[str], now: Instant
) -> Assent:
    """Judge a plan that is about to be carried out; envelopes that people bring are kept, too.

    UsageError for something brought that is no approval.
    """
    if workspace.policy.demand("approval") is Demand.OFF:
        return Assent(consent(plan, workspace.policy, (), None, now))
    from tierline.evidence.signatures import opened  # noqa: PLC0415 - seldom needed, slow to import

    known = store.approvals(plan.environment, plan.digest)
    said = {document: opened(document) for document in (*known, *brought)}
    judged = consent(plan, workspace.policy, said.values(), _authorship(workspace, plan), now)
    for document, statement in said.items():
        if statement.genuine and statement.plan_digest == plan.digest and document not in known:
            store.save_approval(plan.environment, plan.digest, document)
    counted = tuple(doc for doc, statement in said.items() if statement in judged.by)
    return Assent(judged, counted)


def still_assented(
    workspace: Workspace,
    store: Store,
    plan: Plan,
    approvals: Iterable[str],
    began_and_now: tuple[Instant, Instant],
) -> Consent:
    """Judge a rollout that is to go on.

    The approvals with which it began count by their age then, and were found to be no author's;
    unless withdrawn since, or by somebody whom the policy trusts no more. If none of them is left,
    all that was said is judged as for a rollout that begins now.
    """
    from tierline.evidence.signatures import opened  # noqa: PLC0415 - seldom needed, slow to import

    began, now = began_and_now
    first = tuple(map(opened, approvals))
    said = (*map(opened, store.approvals(plan.environment, plan.digest)), *first)
    taken = (one for one in said if one.act is Act.WITHDRAW)
    found = consent(plan, workspace.policy, (*first, *taken), None, began)
    if found.decision is Decision.GO:
        return found
    again = consent(plan, workspace.policy, said, _authorship(workspace, plan), now)
    return replace(again, reasons=tuple(dict.fromkeys((*found.reasons, *again.reasons))))


def _authorship(workspace: Workspace, plan: Plan) -> Authorship | None:
    if workspace.policy.demand("independence") is Demand.OFF:
        return None
    from tierline.evidence.authors import authorship  # noqa: PLC0415 - seldom needed

    return authorship(workspace.root, workspace.mesh, plan)
