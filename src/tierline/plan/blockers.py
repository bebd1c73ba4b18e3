"""Why a plan is not GO, service by service, with the chain; judges nothing anew.

What readiness did not judge is HOLD: a missing verdict is unknown, never a pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.facts.decision import Decision
from tierline.facts.revision import UNKNOWN, Revision
from tierline.mesh.model import Mesh
from tierline.plan.codes import NOT_JUDGED, REVISION_UNKNOWN
from tierline.plan.model import Blocker
from tierline.readiness.model import Readiness, Reason

CYCLE_CODES = ("load-order/cycle", "readiness/no-order")
"""a plan names a cycle once, with its edges, and not again for each service that is on it"""

Verdict = tuple[Decision, tuple[Reason, ...], tuple[str, ...]]
"""decision, reasons, chain"""


def verdict(service_id: str, readiness: Readiness, revisions: Mapping[str, Revision]) -> Verdict:
    """How one service stands, its revision included: what cannot be identified cannot be GO."""
    judged = readiness.services.get(service_id)
    unknown = unknown_parts(revisions.get(service_id))
    if judged is None:
        reason = Reason(NOT_JUDGED.code, f"{service_id}: nobody judged whether it is ready")
        return Decision.HOLD, (reason,), (service_id,)
    if judged.decision is not Decision.GO or not unknown:
        return judged.decision, judged.reasons, judged.chain
    reason = Reason(REVISION_UNKNOWN.code, unknown_told(service_id, unknown))
    return Decision.HOLD, (reason,), (service_id,)


def unknown_told(service_id: str, parts: tuple[str, ...]) -> str:
    """In words, what of a service's revision nobody could tell."""
    return f"{service_id}: its revision is unknown: {', '.join(parts)} could not be read"


def unknown_parts(revision: Revision | None) -> tuple[str, ...]:
    """The parts of a revision that could not be read; none of one that can be told."""
    if revision is None or not revision.source:
        return ("all of it",)
    parts = revision.source + revision.configuration
    return tuple(part.name for part in parts if part.digest == UNKNOWN)


def blockers(
    mesh: Mesh,
    chosen: tuple[str, ...],
    readiness: Readiness,
    revisions: Mapping[str, Revision],
) -> tuple[Blocker, ...]:
    """Cycles first, then what concerns the release, then each service in the order chosen."""
    found = list(_cycles(mesh, chosen))
    found += [
        Blocker(r.code, None, r.message)
        for r in readiness.release_reasons
        if r.decision is not Decision.GO
    ]
    on_cycle = frozenset(name for cycle in mesh.graph.cycles for name in cycle)
    for name in chosen:
        named = CYCLE_CODES if name in on_cycle else ()
        decision, reasons, chain = verdict(name, readiness, revisions)
        if decision is not Decision.GO:
            told = (r for r in reasons if r.decision is not Decision.GO and r.code not in named)
            found += [Blocker(reason.code, name, reason.message, chain) for reason in told]
    return tuple(found)


def _cycles(mesh: Mesh, chosen: tuple[str, ...]) -> Iterator[Blocker]:
    """Each cycle that keeps a chosen service out of the order."""
    waiting = [name for name in chosen if name not in mesh.graph.levels]
    reached = set(waiting)
    for name in waiting:
        further = [o for o in mesh.graph.owners.get(name, ()) if o not in reached]
        reached.update(further)
        waiting += further
    for cycle in mesh.graph.cycles:
        if not reached.isdisjoint(cycle):
            edges = (*cycle, cycle[0])
            message = f"{' -> '.join(edges)}: each waits for the next, so none can start first"
            yield Blocker(CYCLE_CODES[0], None, message, edges)
