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
from tierline.plan.codes import WITHOUT
from tierline.plan.model import LeftOut, Plan
from tierline.readiness.decide import batch_of
from tierline.readiness.model import Readiness, Reason


@frozen
class Line:
    """Between what ships and what does not: all that is not GO, if `ready_only`, and `without`."""

    readiness: Readiness
    revisions: Mapping[str, Revision]
    ready_only: bool
    without: frozenset[str]


def unasked(plan: Plan) -> tuple[str, ...]:
    """The services that a plan leaves out on request."""
    return tuple(one.service_id for one in plan.left_out if one.code == WITHOUT.code)


def divided(
    mesh: Mesh, chosen: tuple[str, ...], line: Line
) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """(services that ship, in the order chosen; the rest with what depends on it, owners first)."""
    place = {name: number for number, name in enumerate(mesh.graph.order)}
    left: dict[str, LeftOut] = {}
    for name in sorted(chosen, key=lambda name: (place.get(name, len(place)), name)):
        decision, reasons, chain = verdict(name, line.readiness, line.revisions)
        owner = next((o for o in mesh.graph.owners.get(name, ()) if o in left), None)
        if name in line.without:
            reason = Reason(WITHOUT.code, "left out on request")
            left[name] = _left(mesh, name, Decision.HOLD, reason, (name,))
        elif line.ready_only and decision is not Decision.GO:
            reason = next(r for r in reasons if r.decision is not Decision.GO)
            left[name] = _left(mesh, name, decision, reason, chain)
        elif owner is not None:
            reason = Reason("readiness/owner-not-ready", f"its owner {owner} is left out")
            left[name] = _left(mesh, name, Decision.HOLD, reason, (name, *left[owner].chain))
    return tuple(name for name in chosen if name not in left), tuple(left.values())


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
