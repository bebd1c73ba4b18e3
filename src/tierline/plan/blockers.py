"""Why a plan is not GO, service by service, with the chain; judges nothing anew.

What readiness did not judge is HOLD: a missing verdict is unknown, never a pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.facts.decision import Decision
from tierline.facts.revision import UNKNOWN, Revision
from tierline.mesh.model import Mesh
from tierline.plan.model import Blocker
from tierline.readiness.model import Readiness, Reason

CYCLE = "load-order/cycle"
"""the gate's code too; a plan names a cycle once, with its edges, and not again for each service"""

Verdict = tuple[Decision, tuple[Reason, ...], tuple[str, ...]]
"""decision, reasons, chain"""


def verdict(service_id: str, readiness: Readiness, revisions: Mapping[str, Revision]) -> Verdict:
    """How one service stands, its revision included: what cannot be identified cannot be GO."""
    judged = readiness.services.get(service_id)
    if judged is None:
        reason = Reason("plan/not-judged", f"{service_id}: nobody judged whether it is ready")
        return Decision.HOLD, (reason,), (service_id,)
    unknown = _unknown_parts(revisions.get(service_id))
    if judged.decision is not Decision.GO or not unknown:
        return judged.decision, judged.reasons, judged.chain
    message = f"{service_id}: its revision is unknown: {', '.join(unknown)} could not be read"
    return Decision.HOLD, (Reason("plan/revision-unknown", message),), (service_id,)


def _unknown_parts(revision: Revision | None) -> tuple[str, ...]:
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
    if readiness.decision is not Decision.GO:
        found += [Blocker(r.code, None, r.message) for r in readiness.release_reasons]
    for name in chosen:
        decision, reasons, chain = verdict(name, readiness, revisions)
        if decision is not Decision.GO:
            told = reasons[:1] if len(chain) > 1 else reasons
            named = [r for r in told if r.code != CYCLE or name in mesh.graph.levels]
            found += [Blocker(reason.code, name, reason.message, chain) for reason in named]
    return tuple(found)


def _cycles(mesh: Mesh, chosen: tuple[str, ...]) -> Iterator[Blocker]:
    """Each cycle that keeps a chosen service out of the order, then who only stands behind one."""
    unplaced = [name for name in chosen if name not in mesh.graph.levels]
    on = {name: cycle for cycle in mesh.graph.cycles for name in cycle}
    ways = {name: _way(mesh, name, on) for name in unplaced}
    ends = {way[-1] for way in ways.values()}
    for cycle in mesh.graph.cycles:
        if ends.intersection(cycle):
            edges = (*cycle, cycle[0])
            message = f"{' -> '.join(edges)}: each waits for the next, so none can start first"
            yield Blocker(CYCLE, None, message, edges)
    for name in unplaced:
        if name not in on:
            message = f"{name} has no place in any order: it waits for services of a cycle"
            yield Blocker("plan/behind-cycle", name, message, ways[name])


def _way(mesh: Mesh, name: str, on: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The shortest way from a service to one on a cycle, breadth first."""
    came: dict[str, str] = {name: ""}
    line = [name]
    for current in line:
        if current in on:
            way = [current]
            while came[way[-1]]:
                way.append(came[way[-1]])
            return tuple(reversed(way))
        for owner in mesh.graph.owners.get(current, ()):
            if owner not in came:
                came[owner] = current
                line.append(owner)
    return (name,)
