"""Why a plan is not GO, service by service, with the chain; judges nothing anew.

What readiness did not judge is HOLD: a missing verdict is unknown, never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping

from tierline.facts.decision import Decision
from tierline.facts.revision import UNKNOWN, Revision
from tierline.mesh.model import Mesh
from tierline.plan.model import Blocker
from tierline.readiness.model import Readiness, Reason

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
        if decision is Decision.GO:
            continue
        waits = len(chain) > 1
        found += [
            Blocker(reason.code, name, reason.message, chain)
            for reason in (reasons[:1] if waits else reasons)
        ]
    return tuple(found)


def _cycles(mesh: Mesh, chosen: tuple[str, ...]) -> list[Blocker]:
    graph = mesh.graph
    on = {name: cycle for cycle in graph.cycles for name in cycle}
    unplaced = [name for name in chosen if name not in graph.levels]
    named: list[Blocker] = []
    for cycle in graph.cycles:
        if any(name in unplaced for name in cycle):
            shown = " -> ".join((*cycle, cycle[0]))
            message = f"{shown}: each waits for the next, so none can start first"
            named.append(Blocker("plan/cycle", None, message, (*cycle, cycle[0])))
    for name in unplaced:
        if name not in on:
            message = f"{name}: has no place in any order, it waits for a cycle of owners"
            named.append(Blocker("plan/behind-cycle", name, message, _way(mesh, name, on)))
    return named


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
