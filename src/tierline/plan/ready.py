"""Which services of a selection ship by themselves, and why the others are left out.

Judges nothing anew: it draws the line where readiness stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from tierline.facts.decision import Decision
from tierline.facts.revision import Revision
from tierline.frozen import frozen
from tierline.mesh.model import Mesh
from tierline.plan.blockers import verdict
from tierline.plan.codes import CONTRACT_FIRST, WITHOUT
from tierline.plan.model import LeftOut, Plan
from tierline.readiness.decide import batch_of
from tierline.readiness.model import Readiness, Reason


@frozen
class Line:
    """Between what ships and what does not: all that is not GO, if `ready_only`, and `without`.

    `after` and `together` as a plan has them.
    """

    readiness: Readiness
    revisions: Mapping[str, Revision]
    ready_only: bool
    without: frozenset[str]
    after: Mapping[str, tuple[str, ...]]
    together: tuple[str, ...]


def unasked(plan: Plan) -> tuple[str, ...]:
    """The services that a plan leaves out on request."""
    return tuple(one.service_id for one in plan.left_out if one.code == WITHOUT.code)


def divided(
    mesh: Mesh, chosen: tuple[str, ...], line: Line
) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """(services that ship, in the order chosen; the rest with what depends on it, owners first).

    Who comes after somebody for a contract's sake, or moves as one with somebody, goes with him.
    """
    place = {name: number for number, name in enumerate(mesh.graph.order)}
    ordered = sorted(chosen, key=lambda name: (place.get(name, len(place)), name))
    left: dict[str, LeftOut] = {}
    before = -1
    while before < len(left):
        before = len(left)
        for name in ordered:
            if name not in left and (one := _reason(mesh, name, line, left)) is not None:
                left[name] = one
        if not line.after and not line.together:
            break
    return tuple(name for name in chosen if name not in left), tuple(left.values())


def _reason(mesh: Mesh, name: str, line: Line, left: Mapping[str, LeftOut]) -> LeftOut | None:
    """Why a service is left out, given who else is; None where it ships."""
    decision, reasons, chain = verdict(name, line.readiness, line.revisions)
    if name in line.without:
        reason = Reason(WITHOUT.code, "left out on request")
        return _left(mesh, name, Decision.HOLD, reason, (name,))
    if line.ready_only and decision is not Decision.GO:
        reason = next(r for r in reasons if r.decision is not Decision.GO)
        return _left(mesh, name, decision, reason, chain)
    owner = next((o for o in mesh.graph.owners.get(name, ()) if o in left), None)
    if owner is not None:
        reason = Reason("readiness/owner-not-ready", f"its owner {owner} is left out")
        return _left(mesh, name, Decision.HOLD, reason, (name, *left[owner].chain))
    bound = (*line.after.get(name, ()), *(line.together if name in line.together else ()))
    other = next((o for o in bound if o in left), None)
    if other is not None:
        reason = Reason(CONTRACT_FIRST.code, f"{other} is left out, and must go before or with it")
        return _left(mesh, name, Decision.HOLD, reason, (name, *left[other].chain))
    return None


def _left(
    mesh: Mesh, name: str, decision: Decision, reason: Reason, chain: tuple[str, ...]
) -> LeftOut:
    graph, tier = mesh.graph, mesh.services[name].tier
    return LeftOut(
        service_id=name,
        decision=decision,
        code=reason.code,
        message=reason.message,
        chain=chain or (name,),
        batch=batch_of(graph, name),
        effective_tier=graph.effective_tiers.get(name, tier),
    )
