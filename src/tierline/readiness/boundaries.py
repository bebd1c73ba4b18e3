"""Judges the boundaries of a release: does everybody work with everybody, all the way through?

The order of a release and the pairs of revisions come from `boundary`; here they become findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierline.boundary.horizon import lost
from tierline.boundary.model import Boundary, Fit, Matrix
from tierline.boundary.order import Refusal, Why, concerned, met
from tierline.boundary.words import meeting, way_back
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts


def judge_boundaries(mesh: Mesh, facts: GateFacts, _policy: Policy) -> Iterable[Defect]:
    """Refusals of the order, each of the service whose change is not safe; then what is unknown."""
    crossing = facts.crossing
    if crossing is None:
        return
    whole = Place(facts.tree.shown("contracts"))
    if crossing.unseen:
        message = f"nobody could look at what runs: {crossing.unseen}"
        yield Defect("boundaries/not-seen", message, whole)
    if crossing.matrix is None:
        return
    for refusal in crossing.order(mesh.graph.owners).refused:
        yield from _refused(crossing.matrix, refusal, facts)
    yield from _ways_back(crossing.matrix, facts)
    yield from _bare(crossing.matrix, whole)


def boundaries_off(_mesh: Mesh, facts: GateFacts, policy: Policy) -> str:
    """Why boundaries are not asked for this time."""
    if facts.crossing is None:
        return "asked where a release is planned: ready, plan, rollout, can-roll"
    if facts.crossing.matrix is None and not facts.crossing.unseen:
        return f"nothing runs in {policy.environment} that a release could meet"
    return ""


def blamed(matrix: Matrix, boundary: Boundary) -> str:
    """The side whose change is not safe: who breaks the other as it runs, else who moves.

    Of two that both move, the provider, unless the other one as it runs would bear its change.
    """
    consumer, provider = boundary.consumer, boundary.provider
    if not matrix.moves(provider):
        return consumer
    at = met(matrix, boundary)
    bears = matrix.safe(boundary, at.consumer_old, at.provider_new)
    return consumer if matrix.moves(consumer) and bears else provider


def _refused(matrix: Matrix, refusal: Refusal, facts: GateFacts) -> Iterator[Defect]:
    boundary = refusal.boundary
    told = matrix.judgement(boundary, *refusal.met)
    if told.fit is Fit.UNKNOWN and not boundary.contract:
        return
    why = f"boundaries/{refusal.why}" if told.fit is Fit.NO else "boundaries/unknown"
    message = meeting(matrix, boundary, refusal.met)
    message += _chain(matrix, refusal)
    yield Defect(why, message, _place(refusal, facts), "", blamed(matrix, boundary))


def _chain(matrix: Matrix, refusal: Refusal) -> str:
    consumer, provider = refusal.boundary.consumer, refusal.boundary.provider
    at = met(matrix, refusal.boundary)
    other = meeting(matrix, refusal.boundary, (at.consumer_new, at.provider_old))
    match refusal.why:
        case Why.BROKEN:
            return ""
        case Why.OWNER_FIRST:
            return f"; {consumer} would have to move before {provider}, which owns its data"
        case Why.NO_ORDER:
            return f"; the other way round, {other}"
        case Why.CIRCLE:
            way = " -> ".join((*refusal.chain, refusal.chain[0]))
            return f"; the order has a circle, each before the next: {way}"


def _place(refusal: Refusal, facts: GateFacts) -> Place:
    return Place(facts.tree.shown(refusal.boundary.contract or "contracts"))


def _ways_back(matrix: Matrix, facts: GateFacts) -> Iterator[Defect]:
    """What can still be gone back to, and would not work any more with what ships."""
    for one in lost(matrix):
        told = "horizon" if one.judgement.fit is Fit.NO else "horizon-unknown"
        place = Place(facts.tree.shown(one.boundary.contract))
        message = way_back(matrix, one)
        yield Defect(f"boundaries/{told}", message, place, "", one.boundary.provider)


def _bare(matrix: Matrix, place: Place) -> Iterator[Defect]:
    """Boundaries without a contract file of which a side moves, by the service that moves."""
    found: dict[str, set[str]] = {}
    for boundary in concerned(matrix):
        if boundary.contract or not _open(matrix, boundary):
            continue
        mover = boundary.provider if matrix.moves(boundary.provider) else boundary.consumer
        other = boundary.consumer if mover == boundary.provider else boundary.provider
        found.setdefault(mover, set()).add(other)
    for name, others in sorted(found.items()):
        message = f"no contract file between it and {', '.join(sorted(others))}"
        yield Defect("boundaries/no-contract", message, place, "", name)


def _open(matrix: Matrix, boundary: Boundary) -> bool:
    """Whether revisions will meet of which nobody knows whether they fit."""
    at = met(matrix, boundary)
    pairs = (
        (at.consumer_new, at.provider_new),
        (at.consumer_old, at.provider_new),
    )
    return any(matrix.ok(boundary, *pair) is Fit.UNKNOWN for pair in pairs)
