"""Judges whether a plan is approved: (plan, policy, statements, authors, now) -> consent.

Knows no key and no signature, only what was found of them. A statement that does not count is
named with its reason; a plan that nobody's statement approves is HOLD, never a pass.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tierline.facts.approval import Act, Authorship, Statement
from tierline.facts.decision import Decision
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.names import short_id
from tierline.plan.model import Plan
from tierline.policy.model import Approver, Demand, Policy
from tierline.readiness.model import Reason

AHEAD_SECONDS = 300.0
"""how far the clock of a signer may be ahead of ours"""
_HOUR = 3600.0
_NAMED = 3
_OUTDATED = frozenset({"approval/withdrawn", "approval/expired"})
"""what nobody has to be told of once a newer approval counts"""


@frozen
class Consent:
    """Whether a plan may be carried out as far as people's word goes.

    `by` are the approvals that count, `reasons` why others do not (or why none is needed but
    expected). GO or HOLD, never NO-GO: an approval may still come.
    """

    decision: Decision
    by: tuple[Statement, ...] = ()
    reasons: tuple[Reason, ...] = ()


def consent(
    plan: Plan,
    policy: Policy,
    statements: Iterable[Statement],
    authorship: Authorship | None,
    now: Instant,
) -> Consent:
    """Judge all that was said of a plan.

    `authorship` None: that the approvers wrote none of it was judged before (a rollout goes on).
    `now` is the start of the rollout.
    """
    demand = policy.demand("approval")
    if demand is Demand.OFF:
        return Consent(Decision.GO)
    said = tuple(dict.fromkeys(statements))
    by: list[Statement] = []
    reasons: list[Reason] = []
    for one in said:
        if one.act is Act.APPROVE:
            objection = _form(plan, policy, one) or _time(policy, said, one, now)
            objection = objection or _author(policy, one, authorship, reasons)
            if objection is None:
                by.append(one)
            else:
                reasons.append(objection)
    if by:
        told = tuple(one for one in reasons if one.code not in _OUTDATED)
        return Consent(Decision.GO, tuple(by), told)
    if not reasons:
        reasons.append(Reason("approval/missing", f"nobody has approved it: {_who_may(policy)}"))
    if demand is Demand.REQUIRED:
        return Consent(Decision.HOLD, (), tuple(reasons))
    return Consent(Decision.GO, (), tuple(Reason(r.code, r.message, Decision.GO) for r in reasons))


def _who_may(policy: Policy) -> str:
    holders = {one.holder for one in policy.trust.keys}
    names = [one.name for one in policy.trust.approvers if one.name in holders]
    if names:
        return f"{_listed(names)} may"
    return "and nobody may: no approver with a key stands under [trust] of the policy file"


def _form(plan: Plan, policy: Policy, one: Statement) -> Reason | None:
    """Whether it is about this plan, and of somebody who may approve."""
    name = clean(one.approver)
    holder = policy.trust.holder(one.key)
    if not one.genuine:
        return Reason("approval/bad-signature", f"the approval by {name} is not signed by its key")
    if (one.environment, one.mesh) != (plan.environment, plan.mesh):
        place = f"is for {clean(one.mesh)} in {clean(one.environment)}"
        return Reason("approval/other-environment", f"the approval by {name} {place}")
    if one.plan_digest != plan.digest:
        other = f"is of plan {clean(one.plan_digest)[:12]}, and this is {plan.digest[:12]}"
        return Reason("approval/other-plan", f"the approval by {name} {other}")
    if holder is None:
        key = f"{name} signed with a key that the policy of {policy.environment} does not trust"
        return Reason("approval/key-not-trusted", key)
    if holder != one.approver:
        return Reason("approval/wrong-holder", f"{name} signed with the key of {holder}")
    if policy.trust.approver(holder) is None:
        return Reason("approval/not-an-approver", f"{name} is no approver by the policy")
    return None


def _time(
    policy: Policy, said: tuple[Statement, ...], one: Statement, now: Instant
) -> Reason | None:
    """Whether it holds now: not withdrawn, not too old, not from the future."""
    name, hours = clean(one.approver), policy.limits.approval_hours
    taken = [
        other.at
        for other in said
        if other.act is Act.WITHDRAW and other.genuine and other.at >= one.at
        if (other.plan_digest, other.approver) == (one.plan_digest, one.approver)
        if policy.trust.holder(other.key) == other.approver
    ]
    if taken:
        return Reason("approval/withdrawn", f"{name} withdrew the approval on {_day(max(taken))}")
    if one.at > now + AHEAD_SECONDS:
        return Reason("approval/from-the-future", f"the approval by {name} is of {_day(one.at)}")
    if now > one.at + hours * _HOUR:
        age = f"is of {_day(one.at)}, more than {hours:g} hours ago"
        return Reason("approval/expired", f"the approval by {name} {age}")
    return None


def _author(
    policy: Policy, one: Statement, authorship: Authorship | None, reasons: list[Reason]
) -> Reason | None:
    """Whether its signer wrote none of it; where that is only expected, it is a warning."""
    demand = policy.demand("independence")
    approver = policy.trust.approver(one.approver)
    if demand is Demand.OFF or authorship is None or approver is None:
        return None
    found = _dependence(approver, authorship)
    if found is not None and demand is Demand.EXPECTED:
        reasons.append(Reason(found.code, found.message, Decision.GO))
        return None
    return found


def _dependence(approver: Approver, authorship: Authorship) -> Reason | None:
    mine = {approver.name.lower(), *approver.emails}
    wrote = [short_id(name) for name, who in authorship.authors.items() if not mine.isdisjoint(who)]
    if wrote:
        message = f"{approver.name} wrote the newest commit of {_listed(wrote)}"
        return Reason("approval/by-author", f"{message}: another person has to approve")
    if authorship.unknown:
        name, why = next(iter(authorship.unknown.items()))
        told = f"{short_id(name)}: {why}" if name else why
        return Reason("approval/author-unknown", f"nobody can tell who wrote what ships: {told}")
    if not approver.emails and "@" not in approver.name:
        message = f"the policy has no e-mail address of {approver.name}, so nobody can tell"
        return Reason("approval/author-unknown", f"{message} whether {approver.name} wrote it")
    return None


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _day(at: Instant) -> str:
    try:
        return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "an impossible date"
