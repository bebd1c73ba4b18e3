"""Checkers of invariant I8: a rollback touches only what it must, and data only moves forward.

They read what took hold in the world, and the truth of the script: which revisions work with which,
what was written, what is gone. Who must go back is worked out here once more, in another way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from simulation.attempts import Attempt, attempt_at, attempts, backward, begun
from simulation.going_back import Past
from simulation.play import Played
from simulation.rows import states
from tierline.boundary.model import Fit
from tierline.facts.revision import ABSENT
from tierline.rollout.events import Action, EffectIntended, RollbackDecided
from tierline.rollout.state import ServiceState, State, Status
from tierline.targets.simulated.world import Done


def i8_only_what_must(played: Played) -> list[str]:
    """Only services that this rollout began go back, only where they came from, and none but those
    that every safe set has.
    """
    past, began = played.script.past, begun(played)
    if past is None:
        return [f"{one.key}: nothing rolls back here" for one in backward(played)]
    wrong: list[str] = []
    for one, attempt in _effects(played):
        if one.service_id not in began:
            wrong.append(f"{one.key}: this rollout never began it")
        meanwhile = _is_stop(one) and attempt.downtime
        if one.revision != past.revision(one.service_id) and not meanwhile:
            wrong.append(f"{one.key}: went to {one.revision}, and came from elsewhere")
        if one.service_id not in _closure(past, began, attempt.failed):
            wrong.append(f"{one.key}: nobody needed it to go back")
    return wrong


def i8_down_only_together(played: Played) -> list[str]:
    """What ran before is only exchanged, unless it goes back in a circle and people allowed that."""
    past, began = played.script.past, begun(played)
    wrong: list[str] = []
    for one, attempt in _effects(played):
        if past is None or not _is_stop(one) or past.revision(one.service_id) == ABSENT:
            continue
        if not attempt.downtime:
            wrong.append(f"{one.key}: nobody allowed it to be down")
        if one.service_id not in _circling(past, _closure(past, began, attempt.failed)):
            wrong.append(f"{one.key}: it works alone, and was stopped")
    return wrong


def i8_data_only_forward(played: Played) -> list[str]:
    """What cannot read what may have been written never comes back, nor what nobody can have."""
    past = played.script.past or Past()
    back, pinned = backward(played), past.pinned(begun(played))
    wrong = [f"{one.key} cannot live with the data" for one in back if one.service_id in pinned]
    late = [one for one in back if one.at > back[0].at and one.key != back[0].key]
    known = {row.key for row in _known_gone(played)}
    wrong += [
        f"{one.key} was gone when it was decided anew"
        for one in late
        if one.service_id in past.vanishes and one.key in known
    ]
    return wrong


def i8_safe_on_the_way(played: Played) -> list[str]:
    """After each step, whoever is old works with whoever is new; who is down meets nobody."""
    past, wrong = played.script.past or Past(), list[str]()
    began = begun(played)
    runs = dict.fromkeys(began, "new")
    for one, attempt in _effects(played):
        down = _is_stop(one) and past.revision(one.service_id) != ABSENT
        if _is_stop(one) and attempt.downtime:
            together = _circling(past, _closure(past, began, attempt.failed))
            down = down or one.service_id in together
        runs[one.service_id] = "down" if down else "old"
        for (consumer, provider), (provider_back, consumer_back) in past.fits.items():
            if {consumer, provider} - began or one.service_id not in (consumer, provider):
                continue
            meet = runs[consumer], runs[provider]
            if meet == ("new", "old"):
                fit = _provider_back(past, consumer, provider, provider_back)
            elif meet == ("old", "new"):
                fit = _consumer_back(past, consumer, consumer_back)
            else:
                continue
            if fit is not Fit.YES:
                wrong.append(f"{one.key}: {consumer} and {provider} meet {'/'.join(meet)}: {fit}")
    return wrong


def i8_as_before(played: Played) -> list[str]:
    """A rollout is rolled back only when all that must go back runs as before, and works."""
    past = played.script.past
    if past is None or played.state.status is not Status.ROLLED_BACK:
        return []
    wrong: list[str] = []
    ended = played.state.ended_at or 0.0
    for name in sorted(_closure(past, begun(played), attempts(played)[-1].failed)):
        run, former = played.world.runs.get(name), past.revision(name)
        if former == ABSENT and run is not None:
            wrong.append(f"{name} still runs, and did not before")
        if former != ABSENT and (run is None or run.revision != former):
            wrong.append(f"{name} does not run at its former revision")
        elif run is not None and former != ABSENT and "/restore/" not in run.key:
            wrong.append(f"{name} was not brought back by this rollout, which ended at {ended}")
        elif run is not None and run.behaviour.healthy_after is None:
            wrong.append(f"{name} is back and was never healthy")
    return wrong


def i8_no_needless_refusal(played: Played) -> list[str]:
    """What could go back safely is not refused: always to refuse would be safe, and useless."""
    past, began = played.script.past, begun(played)
    if past is None:
        return []
    wrong: list[str] = []
    found = attempts(played)
    for place, (state, event, at) in enumerate(states(played)):
        if not isinstance(event, RollbackDecided) or not event.refusals:
            continue
        attempt = attempt_at(found, place)
        must = _closure(past, began, attempt.failed)
        reasons = must & (past.pinned(began) | past.vanishes) or _strange(played)
        if not attempt.downtime:
            reasons = reasons or _circling(past, must)
        if must and not reasons and not _flagged(state, must):
            wrong.append(f"refused at {at} for no reason: {event.refusals[0].chain}")
    return wrong


def _strange(played: Played) -> set[str]:
    """What runs at a revision that nobody asked for."""
    return {run.service_id for run in played.world.starts if run.served() != run.revision}


def _flagged(state: State, must: set[str]) -> bool:
    """Whether an old revision was brought back and failed: then it is known to be bad."""
    return any(
        state.progress[name].state in {ServiceState.FAILED, ServiceState.HELD}
        and state.progress[name].action is Action.RESTORE
        for name in must
    )


def _known_gone(played: Played) -> Iterator[EffectIntended]:
    """What was intended after something had been verified to be back: it could have been known."""
    back = False
    for state, event, _ in states(played):
        back = back or any(p.state is ServiceState.RESTORED for p in state.progress.values())
        if back and isinstance(event, EffectIntended) and event.action is Action.RESTORE:
            yield event


def _effects(played: Played) -> Iterator[tuple[Done, Attempt]]:
    """What led back, with the attempt that intended it."""
    found, places = attempts(played), dict[str, int]()
    for place, (_, event, _) in enumerate(states(played)):
        if isinstance(event, EffectIntended):
            places[event.key] = place
    for one in backward(played):
        yield one, attempt_at(found, places.get(one.key, 0))


def _is_stop(one: Done) -> bool:
    return one.key.split("/")[2] == Action.STOP


def _provider_back(past: Past, consumer: str, provider: str, fit: Fit) -> Fit:
    """A consumer that stays needs its provider; one that does not run any more breaks nobody."""
    if past.revision(consumer) == ABSENT and fit is not Fit.NO:
        fit = Fit.YES if past.revision(provider) != ABSENT and fit is Fit.YES else fit
    if past.revision(provider) == ABSENT and fit is Fit.UNKNOWN:
        return Fit.NO
    return fit


def _consumer_back(past: Past, consumer: str, fit: Fit) -> Fit:
    return Fit.YES if past.revision(consumer) == ABSENT else fit


def _arcs(past: Past, inside: Collection[str]) -> set[tuple[str, str]]:
    """(who goes back, whom that takes along)."""
    found: set[tuple[str, str]] = set()
    for (consumer, provider), (provider_back, consumer_back) in past.fits.items():
        if {consumer, provider} <= {*inside}:
            if _provider_back(past, consumer, provider, provider_back) is not Fit.YES:
                found.add((provider, consumer))
            if _consumer_back(past, consumer, consumer_back) is not Fit.YES:
                found.add((consumer, provider))
    for taker, owner in past.moved.items():
        if {taker, owner} <= {*inside}:
            found |= {(taker, owner), (owner, taker)}
    return found


def _closure(past: Past, began: Collection[str], failed: Collection[str]) -> set[str]:
    """What every safe set has, by adding until nothing is missing."""
    must, arcs = set(failed), _arcs(past, began)
    while more := {other for one, other in arcs if one in must} - must:
        must |= more
    return must


def _circling(past: Past, must: Collection[str]) -> set[str]:
    """What of a set only goes back together with another: whoever leads to itself."""
    arcs, found = _arcs(past, must), set[str]()
    for name in must:
        ahead = {other for one, other in arcs if one == name}
        while more := {other for one, other in arcs if one in ahead} - ahead:
            ahead |= more
        found |= {name} & ahead
    return found
