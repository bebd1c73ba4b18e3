"""Why a service goes back, stays, or keeps others from it: the last such decision, made again from the journal.

Whether an artifact is still kept, and what else ran, the target said then. Only where that refused a
rollback is it in the journal; it is believed.
"""

from __future__ import annotations

from collections.abc import Iterable

from tierline.facts.instant import Instant
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.report.event_words import words
from tierline.rollback.codes import ARTIFACT_MISSING, DRIFT, TARGET_FLAGGED
from tierline.rollback.foresight import with_pins
from tierline.rollback.model import Answer, Edge, Pin, Scene
from tierline.rollback.solve import solve
from tierline.rollout.events import Recorded, RollbackDecided, RolloutRequested, WatermarkRaised
from tierline.rollout.evolve import begin, evolve
from tierline.rollout.former import Formers, formers
from tierline.rollout.going_back import failed_of, scene_before, told
from tierline.rollout.state import ServiceState, State

RULE = (
    "what failed goes back, with everything that would not work beside it then, and no more",
    "a boundary of which nobody can say whether it holds counts as one that does not",
    "nothing goes back behind its data, to a revision that failed or is not kept, or out of this rollout",
)
_OF_TARGETS = frozenset((TARGET_FLAGGED, ARTIFACT_MISSING, DRIFT))


@frozen
class Retreat:
    """What was decided, what that means for one service, and on which facts.

    `same` is whether deciding again, from the rows before it, says so once more.
    """

    at: Instant
    said: str
    part: str
    facts: tuple[str, ...]
    same: bool


def retreat_of(
    state: State, rows: Iterable[Recorded], past: Iterable[Recorded], service_id: str
) -> Retreat | None:
    """The newest decision of a rollout on what goes back; None where there was none.

    `rows` are the rollout's, `past` those of the whole environment: read only if there is one.
    """
    kept = tuple(rows)
    found = [(row, row.event) for row in kept if isinstance(row.event, RollbackDecided)]
    if not found:
        return None
    row, event = found[-1]
    then = _then(state, kept, row.seq)
    known = formers((one for one in past if one.seq < row.seq), state.rollout)
    scene, again = _again(then, known, event)
    return Retreat(
        row.at,
        words(event),
        _part(then, event, service_id),
        tuple(_facts(then, known, scene, service_id)),
        _said(again) == _said(event),
    )


def _then(state: State, rows: Iterable[Recorded], seq: int) -> State:
    """The rollout as it stood when the row was written."""
    folded: State | None = None
    for row in rows:
        if row.seq >= seq:
            break
        if isinstance(row.event, RolloutRequested):
            folded = begin(state.plan, row.rollout, row.event, row.at)
        elif folded is not None:
            folded = evolve(folded, row.event, row.at)
    return folded or state


def _again(then: State, known: Formers, event: RollbackDecided) -> tuple[Scene, RollbackDecided]:
    before = {name: former.revision for name, former in known.good.items()}
    pins: dict[str, tuple[Pin, ...]] = {}
    for one in event.refusals:
        if one.code in _OF_TARGETS:
            pins[one.service_id] = (*pins.get(one.service_id, ()), Pin(one.code, one.chain[-1]))
    scene = with_pins(scene_before(then, before, known.data, known.raised), pins)
    downtime = then.back is not None and then.back.downtime
    answer: Answer = solve(scene, failed_of(then), downtime=downtime)
    return scene, told(then, answer, before, {})


def _said(event: RollbackDecided) -> tuple[object, ...]:
    """What of a decision has to come out the same; not what former revisions consist of."""
    steps = [(one.service_id, one.revision, one.group, one.because) for one in event.steps]
    return event.failed, steps, event.refusals


def _part(then: State, event: RollbackDecided, service_id: str) -> str:
    refused = [one for one in event.refusals if one.service_id == service_id]
    if refused:
        return "; ".join(
            f"cannot go back: {' -> '.join(one.chain)} [{one.code}]" for one in refused
        )
    if event.refusals:
        return "stays as it is, since no rollback of what failed is safe"
    for step in event.steps:
        if step.service_id == service_id:
            where = (
                "is stopped" if step.revision == ABSENT else f"goes back to {step.revision[:12]}"
            )
            return f"{where} in step {step.group + 1}: {step.because}"
    if then.of(service_id).state is ServiceState.RESTORED:
        return "is back already"
    return "stays: nothing that goes back takes it along"


def _facts(then: State, known: Formers, scene: Scene, service_id: str) -> Iterable[str]:
    yield f"to blame: {', '.join(failed_of(then)) or 'nobody'}"
    former = known.good.get(service_id)
    ran = former is not None and former.revision != ABSENT
    yield (
        f"ran before: {former.revision[:12]}, of {former.rollout}"
        if ran and former
        else ("did not run before")
    )
    if service_id not in scene.changed:
        yield "was not started at another revision by this rollout until then"
    for edge in scene.edges:
        if service_id in {edge.consumer, edge.provider}:
            yield _boundary(edge)
    for pin in scene.pins.get(service_id, ()):
        if pin.after <= len(scene.changed):
            yield f"{pin.why} [{pin.code}]"
    yield from (_data(one) for one in known.raised if one.service_id == service_id)


def _boundary(edge: Edge) -> str:
    contract = f" over {edge.contract}" if edge.contract else ""
    owner, reader = (
        f" ({why})" if why and fit != "yes" else ""
        for why, fit in (
            (edge.why_provider, edge.provider_back),
            (edge.why_consumer, edge.consumer_back),
        )
    )
    return (
        f"{edge.consumer} reads {edge.provider}{contract}: holds with the owner alone back: "
        f"{edge.provider_back}{owner}; with the reader alone back: {edge.consumer_back}{reader}"
    )


def _data(one: WatermarkRaised) -> str:
    return f"revision {one.revision[:12]} was started: {words(one)}"
