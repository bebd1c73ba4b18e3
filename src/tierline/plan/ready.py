"""Which services of a selection may ship by themselves, and why the others are left out.

Judges nothing anew: it draws the line where readiness stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from tierline.facts.decision import Decision
from tierline.facts.revision import Revision
from tierline.mesh.model import Mesh
from tierline.plan.blockers import verdict
from tierline.plan.model import LeftOut
from tierline.readiness.decide import batch_of
from tierline.readiness.model import Readiness, Reason


def ready_only(
    mesh: Mesh,
    chosen: tuple[str, ...],
    readiness: Readiness,
    revisions: Mapping[str, Revision],
) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """(GO services whose chosen owners are all GO, in the order chosen; the rest, owners first)."""
    place = {name: number for number, name in enumerate(mesh.graph.order)}
    left: dict[str, LeftOut] = {}
    for name in sorted(chosen, key=lambda name: (place.get(name, len(place)), name)):
        decision, reasons, chain = verdict(name, readiness, revisions)
        owner = next((o for o in mesh.graph.owners.get(name, ()) if o in left), None)
        if decision is not Decision.GO:
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
