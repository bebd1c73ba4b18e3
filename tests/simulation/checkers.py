"""One checker per invariant. Each reads what the world recorded, and the journal only for order.

A checker returns what is wrong, as sentences; nothing wrong is an empty list. They know the
conductor's plan and the world's truth, and nothing of how the conductor works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulation.play import ENVIRONMENT, Played
from tierline.facts.evidence import SignalKind
from tierline.facts.instant import Instant
from tierline.policy.model import Demand, OnTierFailure, TierMode
from tierline.rollout.events import (
    Action,
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Event,
    Judged,
    Recorded,
    RolloutEnded,
    RolloutRequested,
    ServiceJudged,
)
from tierline.rollout.evolve import begin, evolve
from tierline.rollout.state import ENDED, PASSED, ServiceState, State, Status
from tierline.targets.simulated.world import Run

STALE_SECONDS = 2.5
"""how long ago an owner may have died without anybody having noticed yet"""


def journal(played: Played) -> list[Recorded]:
    """All rows."""
    return list(played.store.read(ENVIRONMENT))


def states(played: Played) -> Iterator[tuple[State, Event, Instant]]:
    """(state before, event, when) of every event after the request."""
    state: State | None = None
    for row in journal(played):
        if state is None:
            assert isinstance(row.event, RolloutRequested)
            state = begin(played.script.plan, row.rollout, row.event, row.at)
            continue
        yield state, row.event, row.at
        state = evolve(state, row.event, row.at)


def runs_of(played: Played, service_id: str) -> list[Run]:
    """Every start of a service that the world saw, in order."""
    return [run for run in played.world.starts if run.service_id == service_id]


def i1_owners_first(played: Played) -> list[str]:
    """No service starts before its planned owners work at the planned revision, nor others' do."""
    wrong: list[str] = []
    plan = played.script.plan
    planned = {service.service_id: service for service in plan.services}
    for run in played.world.starts:
        for owner in planned[run.service_id].owners:
            if not _worked(played, owner, planned[owner].revision.id, run.began):
                wrong.append(f"{run.service_id} started at {run.began} before {owner} worked")
    verified: set[str] = set()
    for state, event, _ in states(played):
        if isinstance(event, ServiceJudged) and event.verdict is Judged.VERIFIED:
            verified.add(event.service_id)
        if isinstance(event, EffectIntended) and event.action is Action.APPLY:
            needs = state.index.needs(event.service_id)
            wrong += [
                f"{event.service_id} intended before {o} verified" for o in needs if o not in verified
            ]
    return wrong


def _worked(played: Played, owner: str, revision: str, at: Instant) -> bool:
    return any(
        run.began <= at and run.served() == revision and _healthy_lately(run, at)
        for run in runs_of(played, owner)
    )


def _healthy_lately(run: Run, at: Instant) -> bool:
    well = run.behaviour.healthy_after
    if well is None or run.began + well > at:
        return False
    ended = run.behaviour.exits_after
    return ended is None or at - STALE_SECONDS < run.began + ended


def i2_tiers_in_order(played: Played) -> list[str]:
    """With strict tiers, nothing starts while a lower effective tier is open or was given up."""
    rules = played.script.plan.rules
    if rules.tiers is not TierMode.STRICT:
        return []
    wrong: list[str] = []
    tiers = {s.service_id: s.effective_tier for s in played.script.plan.services}
    starts = [(run.began, run.service_id) for run in played.world.starts]
    for at, name in starts:
        for later, other in starts:
            first = min(run.began for run in runs_of(played, other))
            if tiers[other] < tiers[name] and later == first and later > at:
                wrong.append(f"{other} of tier {tiers[other]} started after {name}")
    for state, event, at in states(played):
        if isinstance(event, EffectIntended) and event.service_id in tiers:
            lower = [n for n, t in tiers.items() if t < tiers[event.service_id]]
            wrong += [
                f"{event.service_id} intended at {at} while {n} is {state.of(n).state}"
                for n in lower
                if not _closed(state, n, rules.on_tier_failure)
            ]
    return wrong


def _closed(state: State, name: str, rule: OnTierFailure) -> bool:
    fate = state.of(name).state
    if rule is OnTierFailure.HOLD:
        return fate in PASSED
    return fate in PASSED or fate in {ServiceState.FAILED, ServiceState.HELD}


def i3_limits(played: Played) -> list[str]:
    """Never more in flight than allowed, and nothing new after the failure budget is used up."""
    wrong: list[str] = []
    limits = played.script.plan.rules.limits
    for state, event, at in states(played):
        if isinstance(event, EffectIntended):
            flying = sum(
                p.state in {ServiceState.STARTING, ServiceState.VERIFYING}
                for p in state.progress.values()
            )
            if flying >= limits.max_parallel:
                wrong.append(f"{event.service_id} intended at {at} with {flying} in flight")
            failed = sum(
                state.of(name).state is ServiceState.FAILED for name in state.index.services
            )
            planned = event.service_id in state.index.services
            if planned and limits.failure_budget is not None and failed >= limits.failure_budget:
                wrong.append(f"{event.service_id} intended at {at} after {failed} failures")
    return wrong


def i4_effects_once(played: Played) -> list[str]:
    """No effect happens twice or without an intent that was written before; none is lost."""
    wrong: list[str] = []
    rows = journal(played)
    intents = {
        row.event.key: row for row in rows if isinstance(row.event, EffectIntended)
    }
    done = played.world.done
    keys = [effect.key for effect in done]
    wrong += [f"{key} took hold twice" for key in set(keys) if keys.count(key) > 1]
    for effect in done:
        row = intents.get(effect.key)
        if row is None or row.at > effect.at:
            wrong.append(f"{effect.key} took hold without an intent before it")
        elif isinstance(row.event, EffectIntended) and row.event.revision != effect.revision:
            wrong.append(f"{effect.key} took hold with another revision than intended")
    for row in rows:
        event = row.event
        if isinstance(event, EffectSettled) and event.outcome == "accepted":
            intent = intents[event.key].event
            looked = isinstance(intent, EffectIntended) and intent.action is Action.CHECK
            if not looked and event.key not in keys:
                wrong.append(f"{event.key} was called accepted but never took hold")
    return wrong


def i5_nothing_after_hold(played: Played) -> list[str]:
    """A held or aborted rollout starts nothing."""
    wrong: list[str] = []
    stopped: Instant | None = None
    for _, event, at in states(played):
        if isinstance(event, CommandAccepted):
            stopped = None if event.command is Command.RESUME else at
        if isinstance(event, RolloutEnded):
            stopped = at
        if isinstance(event, EffectIntended) and stopped is not None:
            wrong.append(f"{event.key} intended at {at}, stopped since {stopped}")
    return wrong


def i6_one_conductor(played: Played) -> list[str]:
    """No event and no effect of a lost lease is accepted."""
    wrong: list[str] = []
    fences = [effect.fence for effect in played.world.done]
    if fences != sorted(fences):
        wrong.append(f"an effect of an older lease took hold: {fences}")
    tokens = [row.token for row in journal(played)]
    if tokens != sorted(tokens):
        wrong.append("an event of an older lease was written")
    return wrong


def i7_no_false_go(played: Played) -> list[str]:
    """GO is never said of a service that does not do in the world what was demanded of it."""
    wrong: list[str] = []
    rules = played.script.plan.rules
    for row in journal(played):
        event = row.event
        if not isinstance(event, ServiceJudged) or event.verdict is not Judged.VERIFIED:
            continue
        runs = [run for run in played.world.starts if run.key == event.key]
        if event.service_id not in {s.service_id for s in played.script.plan.services}:
            continue
        if len(runs) != 1:
            wrong.append(f"{event.key} was verified but {len(runs)} runs have that key")
            continue
        run = runs[0]
        wrong += [f"{event.key} verified {fault}" for fault in _faults(run, rules.signals, row.at)]
    return wrong


def _faults(run: Run, signals: object, at: Instant) -> list[str]:
    found: list[str] = []
    behaviour = run.behaviour
    if not run.healthy(at) and not _healthy_lately(run, at):
        found.append("while it was not healthy")
    if behaviour.wrong_revision:
        found.append("at another revision than planned")
    if behaviour.flaps:
        found.append("while its health flapped")
    if behaviour.error_share > 0.05:
        found.append(f"with {behaviour.error_share:.0%} errors")
    if behaviour.unreachable or behaviour.unnamed:
        found.append("without reaching its owners")
    demanded = {k for k in SignalKind if _demand(signals, k) is Demand.REQUIRED}
    for kind in demanded & set(behaviour.missing_signals):
        found.append(f"without {kind}")
    for kind in demanded:
        if at < run.began + behaviour.signals_after:
            found.append(f"before any {kind} could have come")
    return found


def _demand(signals: object, kind: SignalKind) -> Demand:
    assert isinstance(signals, dict)
    return signals.get(str(kind), Demand.OFF)


def i9_it_ends(played: Played) -> list[str]:
    """Every rollout ends with nothing pending, and the journal alone leads to the same state."""
    wrong: list[str] = []
    state = played.state
    if state.status not in ENDED:
        wrong.append(f"ended as {state.status}")
    for name, progress in state.progress.items():
        if progress.state in {ServiceState.PENDING, ServiceState.STARTING, ServiceState.VERIFYING}:
            wrong.append(f"{name} is left {progress.state}")
        stopped = progress.state in {ServiceState.FAILED, ServiceState.HELD}
        if stopped and not (progress.reason or progress.held):
            wrong.append(f"{name} is {progress.state} for no reason")
    again: State | None = None
    for before, event, at in states(played):
        again = evolve(before, event, at)
    if again is None or again.status is not state.status:
        wrong.append("the journal leads to another state")
    elif dict(again.progress.items()) != dict(state.progress.items()):
        wrong.append("the journal leads to other progress")
    return wrong


def l1_it_completes(played: Played) -> list[str]:
    """Where nothing is broken for good, everything ends verified, whoever died on the way."""
    if played.script.faulty or played.state.status is Status.COMPLETED:
        return []
    stuck = [n for n, p in played.state.progress.items() if p.state not in PASSED]
    return [f"undamaged, but {', '.join(stuck)} did not pass: {played.state.reason}"]


CHECKERS: tuple[Callable[[Played], list[str]], ...] = (
    i1_owners_first,
    i2_tiers_in_order,
    i3_limits,
    i4_effects_once,
    i5_nothing_after_hold,
    i6_one_conductor,
    i7_no_false_go,
    i9_it_ends,
    l1_it_completes,
)
