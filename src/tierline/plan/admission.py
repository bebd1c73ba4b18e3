"""How a plan came to be carried out: by whose approval, or past which gates; plain values and rules.

Breaking the glass passes verdicts of gates and a missing approval. It never passes what makes a
rollout impossible to order or to verify: a cycle, or a revision that cannot be told.
"""

from __future__ import annotations

from tierline.errors import UsageError
from tierline.facts.decision import Decision
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.plan.approval import Consent
from tierline.plan.blockers import CYCLE_CODES, unknown_parts, unknown_told
from tierline.plan.codes import REVISION_UNKNOWN
from tierline.plan.model import Blocker, Plan

LONGEST_REASON = 500
UNPASSABLE = frozenset({*CYCLE_CODES, REVISION_UNKNOWN.code})
"""codes of blockers that nobody passes: without an order or a revision nothing can be verified"""


@frozen
class Admission:
    """Why a rollout may begin: `approvals` are the envelopes that counted.

    `break_glass` is the reason of whoever passed gates ("" where nobody had to), `passed` what was
    passed, a line a code with the services that it is about.
    """

    approvals: tuple[str, ...] = ()
    break_glass: str = ""
    passed: tuple[str, ...] = ()


def in_the_way(plan: Plan, consent: Consent) -> tuple[Blocker, ...]:
    """Everything that keeps a plan from being carried out; nothing exactly if it may be."""
    missing = [
        Blocker(reason.code, None, reason.message)
        for reason in consent.reasons
        if consent.decision is not Decision.GO
    ]
    return (*plan.blockers, *missing)


def admitted(plan: Plan, consent: Consent) -> bool:
    """Whether a plan may be carried out without breaking the glass."""
    return plan.decision is Decision.GO and consent.decision is Decision.GO


def unapproved(plan: Plan) -> bool:
    """Whether an approval is all that a refused plan lacks."""
    return bool(plan.blockers) and all(one.code.startswith("approval/") for one in plan.blockers)


def unpassable(plan: Plan) -> tuple[Blocker, ...]:
    """What stands in the way and cannot be passed in any emergency.

    A revision that cannot be told is among it, also where a gate has said worse of the service.
    """
    found = [one for one in plan.blockers if one.code in UNPASSABLE]
    named = {one.service_id for one in found}
    for service in plan.services:
        name, parts = service.service_id, unknown_parts(service.revision)
        if parts and name not in named:
            message = unknown_told(name, parts)
            found.append(Blocker(REVISION_UNKNOWN.code, name, message, (name,)))
    return tuple(found)


def told(blockers: tuple[Blocker, ...]) -> tuple[str, ...]:
    """What is passed, for the journal and for people: `code: services`, in order of appearance.

    What is about the release as a whole is its code alone.
    """
    services: dict[str, dict[str, None]] = {}
    for one in blockers:
        names = services.setdefault(one.code, {})
        names |= {one.service_id: None} if one.service_id else {}
    return tuple(
        f"{code}: {', '.join(names)}" if names else code for code, names in services.items()
    )


def reason_of(text: str) -> str:
    """A person's reason on one line; UsageError for a blank or an endless one."""
    if not text.strip():
        raise UsageError(
            "--break-glass needs a reason",
            code="usage/break-glass",
            fix='say why, for example --break-glass "INC-42: logins fail"',
        )
    if len(text) > LONGEST_REASON:
        raise UsageError(
            f"the reason has {len(text)} characters, at most {LONGEST_REASON}",
            code="usage/break-glass",
            fix="say it shorter",
        )
    return clean(" ".join(text.split()), LONGEST_REASON)
