"""From where a rollout stands to the question of what goes back, and from the answer to an event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tierline.facts.revision import ABSENT
from tierline.rollback.codes import NOTHING
from tierline.rollback.data import DataFacts
from tierline.rollback.foresight import Foresight, scene_of
from tierline.rollback.model import Answer, Link, Refusal, Scene
from tierline.rollback.stale import edges_now
from tierline.rollout.data import epochs_of, owners_of, use_of
from tierline.rollout.events import BackStep, NotBack, RollbackDecided, WatermarkRaised
from tierline.rollout.state import Kind, Progress, ServiceState, State

_NOTHING = "nothing that failed was started by this rollout at another revision than before"


def failed_of(state: State) -> tuple[str, ...]:
    """What is to blame, in order of start: as decided first, else what people name, else what failed.

    Where a person asks for a rollback and nothing failed, it is what could not be judged, and last
    everything that was started.
    """
    back = state.back
    if back and back.decided:
        return back.decided.failed
    begun = _begun(state)
    if back and back.blamed:
        return tuple(name for name in begun if name in back.blamed)
    failed = [name for name in begun if state.progress[name].state is ServiceState.FAILED]
    unsure = [name for name in begun if _unsure(state.progress[name])]
    return tuple(failed or unsure or begun)


def scene_before(
    state: State,
    before: Mapping[str, str],
    data: Mapping[tuple[str, str], WatermarkRaised],
    raised: Sequence[WatermarkRaised],
) -> Scene:
    """What of the rollout could go back: services that it started, by what is known of their past.

    `before` maps service -> last verified revision, `data` says what a revision does with data,
    `raised` is what data there may be, of whichever rollout.
    """
    foresight = state.plan.foresight or Foresight()
    revisions = {name: one.revision.id for name, one in state.index.services.items()}
    order = tuple(name for name in _begun(state) if before.get(name, ABSENT) != revisions[name])
    runs = {name: before[name] for name in order if before.get(name, ABSENT) != ABSENT}
    facts = DataFacts(
        {name: use_of(data.get((name, revision))) for name, revision in runs.items()},
        {name: foresight.data[name] for name in order if name in foresight.data},
        tuple(dict.fromkeys(form for one in raised for form in one.writes)),
        epochs_of(raised),
        owners_of(before, data),
    )
    return scene_of(order, edges_now(state.plan.foresight, order, before, _reads(state)), facts)


def told(
    state: State, answer: Answer, before: Mapping[str, str], goals: Mapping[str, BackStep]
) -> RollbackDecided:
    """The event for an answer; `goals` say what the former revisions consist of."""
    links = {link.service_id: link for link in answer.back}
    left = [
        [name for name in group if state.progress[name].state is not ServiceState.RESTORED]
        for group in answer.steps
    ]
    steps = tuple(
        _step(name, number, _because(state, links[name]), before.get(name, ABSENT), goals.get(name))
        for number, group in enumerate(group for group in left if group)
        for name in group
    )
    refusals = [NotBack(one.code, one.service_id, _chain(one)) for one in answer.refusals]
    if not answer.back:
        refusals.append(NotBack(NOTHING, "", (_NOTHING,)))
    return RollbackDecided(answer.failed, steps, tuple(refusals), _remarks(state, answer))


def _begun(state: State) -> list[str]:
    """Planned services that were started, in that order."""
    begun = [
        (state.progress[name].ordinal, name)
        for name in state.index.services
        if state.progress[name].ordinal
    ]
    return [name for _, name in sorted(begun)]


def _unsure(progress: Progress) -> bool:
    held = progress.held
    return held is not None and held.kind is Kind.EVIDENCE


def _reads(state: State) -> dict[str, tuple[str, ...]]:
    """Service -> its owners in the plan."""
    return {name: one.owners for name, one in state.index.services.items()}


def _because(state: State, link: Link) -> str:
    """What takes it along, or what is wrong with itself."""
    if link.by:
        return f"goes with {link.by}: {link.why}"
    progress = state.progress[link.service_id]
    if progress.state is ServiceState.FAILED:
        return f"it failed: {progress.reason}"
    return "it could not be judged" if _unsure(progress) else "it is to blame"


def _step(name: str, group: int, because: str, revision: str, goal: BackStep | None) -> BackStep:
    if goal is None:
        return BackStep(name, revision, group, because)
    return BackStep(name, revision, group, because, goal.workloads, goal.serves_http, goal.owners)


def _chain(refusal: Refusal) -> tuple[str, ...]:
    """One sentence a link: what is to blame, what it takes along and why, what cannot go back."""
    first, *rest = refusal.chain
    links = (f"{link.service_id} must go back: {link.why}" for link in rest)
    return (f"{first.service_id} is to go back", *links, refusal.why)


def _remarks(state: State, answer: Answer) -> tuple[str, ...]:
    foresight = state.plan.foresight
    if foresight is None:
        return ("the plan does not know its boundaries, so all count as not compared",)
    remarks = [*_crossed(foresight, answer)]
    inside = set(answer.services)
    free = [one for one in foresight.free if inside & set(one.split(" -> "))]
    if free:
        more = f" and {len(free) - 3} more" if len(free) > 3 else ""
        remarks.append(f"boundaries that nobody compared: {', '.join(free[:3])}{more}")
    return tuple(remarks)


def _crossed(foresight: Foresight, answer: Answer) -> Collection[str]:
    """What of another domain goes back, since a chain demands it."""
    domains = {name: one.domain for name, one in foresight.before.items()}
    own = {domains.get(name, "") for name in answer.failed}
    return [
        f"{link.service_id} is of another domain, {domains.get(link.service_id, '')}: {link.why}"
        for link in answer.back
        if domains.get(link.service_id, "") not in own
    ]
