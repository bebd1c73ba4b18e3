"""One checker per invariant. Each reads what the world recorded, and the journal only for order.

A checker returns what is wrong, as sentences; nothing wrong is an empty list. They know the
conductor's plan and the world's truth, and nothing of how the conductor works.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import TypeGuard

from simulation.checkpoints import i11_checkpoints
from simulation.play import FIRST_ASK_SECONDS, Played
from simulation.rollbacks import (
    i8_as_before,
    i8_data_only_forward,
    i8_down_only_together,
    i8_no_needless_refusal,
    i8_only_what_must,
    i8_safe_on_the_way,
)
from simulation.rows import journal, states
from simulation.withholding import i12_exactly_the_consumers
from tierline.conductor.virtual import EPOCH
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
    RolloutEnded,
    ServiceJudged,
)
from tierline.rollout.state import ENDED, PASSED, ServiceState, State, Status
from tierline.targets.simulated.world import Run

STALE_SECONDS = 2.5
"""how long ago an owner may have died without anybody having noticed yet"""
_MOMENT = 1e-4
"""what clocks that are ahead lose in their sums"""
TAKEN_UP_SECONDS = 0.11
"""after how long at most a command counts"""


def runs_of(played: Played, service_id: str) -> list[Run]:
    """Every start of a service that the world saw, in order."""
    return [run for run in played.world.starts if run.service_id == service_id]


def run_at(played: Played, service_id: str, at: Instant) -> Run | None:
    """The run of a service that there was at an instant: the latest start before it."""
    began = [run for run in runs_of(played, service_id) if run.began <= at]
    return began[-1] if began else None


def spells(played: Played) -> dict[str, int]:
    """Key of an effect -> how often the rollout had been resumed when it was intended.

    Order holds between effects of one spell: who failed before is tried again after it.
    """
    found: dict[str, int] = {}
    resumed = 0
    for _, event, _ in states(played):
        if isinstance(event, CommandAccepted):
            resumed += event.command is Command.RESUME
        if isinstance(event, EffectIntended):
            found[event.key] = resumed
    return found


def i1_owners_first(played: Played) -> list[str]:
    """No service starts before its planned owners work at the planned revision, nor others' do.

    An effect without an answer is sent again as it is, so what counts is when it was intended.
    """
    wrong: list[str] = []
    intended = {
        row.event.key: row.at for row in journal(played) if isinstance(row.event, EffectIntended)
    }
    planned = {service.service_id: service for service in played.script.plan.services}
    for run in played.starts:
        service = planned[run.service_id]
        revisions = {owner: planned[owner].revision.id for owner in service.owners}
        revisions |= dict.fromkeys(service.outside, "whatever")
        for owner, revision in revisions.items():
            moments = {run.began, intended.get(run.key, run.began)}
            if not any(_worked(played, owner, revision, at) for at in moments):
                wrong.append(f"{run.service_id} started at {run.began} before {owner} worked")
    verified: set[str] = set()
    for state, event, _ in states(played):
        if isinstance(event, ServiceJudged):
            verified.discard(event.service_id)
            if event.verdict is Judged.VERIFIED:
                verified.add(event.service_id)
        if isinstance(event, EffectIntended) and event.action is Action.APPLY:
            needs = state.index.needs(event.service_id)
            wrong += [
                f"{event.service_id} intended before {o} verified"
                for o in needs
                if o not in verified
            ]
    return wrong


def _worked(played: Played, owner: str, revision: str, at: Instant) -> bool:
    run = run_at(played, owner, at)
    return run is not None and run.served() == revision and _healthy_lately(run, at)


def i1_never_blind(played: Played) -> list[str]:
    """Nothing starts while nobody can see what runs."""
    return [
        f"{event.key} intended at {at}, blind from {since} to {until}"
        for _, event, at in states(played)
        if isinstance(event, EffectIntended)
        for since, until in played.blind
        if since < at < until
    ]


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
    spell_of = spells(played)
    starts = [(run.began, run.service_id, spell_of.get(run.key, 0)) for run in played.starts]
    for at, name, spell in starts:
        for later, other, when in starts:
            if tiers[other] < tiers[name] and when == spell and later > at:
                wrong.append(f"{other} of tier {tiers[other]} started after {name}")
    for state, event, at in states(played):
        if _forward(event, state) and event.service_id in tiers:
            lower = [n for n, t in tiers.items() if t < tiers[event.service_id]]
            wrong += [
                f"{event.service_id} intended at {at} while {n} is {state.of(n).state}"
                for n in lower
                if not _closed(state, n, rules.on_tier_failure)
            ]
    return wrong


def _forward(event: Event, state: State) -> TypeGuard[EffectIntended]:
    """Whether something is to begin that is no part of going back."""
    return isinstance(event, EffectIntended) and state.status is not Status.ROLLING_BACK


def _closed(state: State, name: str, rule: OnTierFailure) -> bool:
    fate = state.of(name).state
    if rule is OnTierFailure.HOLD:
        return fate in PASSED
    return fate in PASSED or fate in {ServiceState.FAILED, ServiceState.HELD}


def i3_limits(played: Played) -> list[str]:
    """Never more in flight than allowed, and nothing new after the failure budget is used up."""
    wrong = _crowded(played)
    limits = played.script.plan.rules.limits
    for state, event, at in states(played):
        if _forward(event, state):
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


def _crowded(played: Played) -> list[str]:
    """Starts that the world saw while as many others as are allowed were not judged yet."""
    judged: dict[str, Instant] = {}
    for row in journal(played):
        if isinstance(row.event, ServiceJudged):
            judged.setdefault(row.event.key, row.at)
    most = played.script.plan.rules.limits.max_parallel
    wrong: list[str] = []
    for run in played.starts:
        others = {
            other.service_id
            for other in played.starts
            if other.number < run.number
            and run.began < judged.get(other.key, inf)
            and run_at(played, other.service_id, run.began) is other
        }
        if len(others | {run.service_id}) > most:
            wrong.append(f"{run.key} started at {run.began} beside {sorted(others)}")
    return wrong


def i4_effects_once(played: Played) -> list[str]:
    """No effect happens twice or without an intent that had reached the disk; none is lost."""
    wrong: list[str] = []
    rows = journal(played)
    intents = {row.event.key: row for row in rows if isinstance(row.event, EffectIntended)}
    done = played.done
    keys = [effect.key for effect in done]
    wrong += [f"{key} took hold twice" for key in set(keys) if keys.count(key) > 1]
    for effect in done:
        row = intents.get(effect.key)
        if row is None or played.store.durable.get(row.seq, inf) > effect.at:
            wrong.append(f"{effect.key} took hold without an intent before it")
        elif isinstance(row.event, EffectIntended) and row.event.revision != effect.revision:
            wrong.append(f"{effect.key} took hold with another revision than intended")
    for row in rows:
        event = row.event
        if isinstance(event, EffectSettled) and event.outcome == "accepted":
            intent = intents[event.key].event if event.key in intents else None
            looked = isinstance(intent, EffectIntended) and intent.action is Action.CHECK
            if not looked and event.key not in keys:
                wrong.append(f"{event.key} was called accepted but never took hold")
    for state, event, at in states(played):
        if isinstance(event, EffectIntended):
            before = state.of(event.service_id)
            if before.state is ServiceState.STARTING:
                wrong.append(f"{event.key} intended at {at} while {before.key} is unanswered")
    return wrong


def i5_nothing_after_hold(played: Played) -> list[str]:
    """Nothing starts after a person asked to hold or abort, nor after the end, until resumed.

    When they asked is known from outside. What was intended before is seen through: under its key
    it may reach the world later.
    """
    wrong: list[str] = []
    rows = journal(played)
    intended = {row.event.key: row.at for row in rows if isinstance(row.event, EffectIntended)}
    resumed = [
        row.at
        for row in rows
        if isinstance(row.event, CommandAccepted) and row.event.command is Command.RESUME
    ]
    stops = [(at, at + TAKEN_UP_SECONDS) for at, c in asked(played) if c is not Command.RESUME]
    stops += [(row.at, row.at) for row in rows if isinstance(row.event, RolloutEnded)]
    for said, counts in stops:
        until = min((at for at in resumed if at >= said), default=inf)
        wrong += [
            f"{run.key} started at {run.began}, stopped since {said}"
            for run in played.starts
            if counts < intended.get(run.key, run.began) < until
        ]
    return wrong


def asked(played: Played) -> list[tuple[Instant, Command]]:
    """What people asked, and when they did."""
    return [(EPOCH + FIRST_ASK_SECONDS + at, command) for at, command in played.script.asks]


def i6_one_conductor(played: Played) -> list[str]:
    """No event and no effect of a lost lease is accepted."""
    wrong: list[str] = []
    rows = journal(played)
    for effect in played.done:
        newest = max((row.token for row in rows if row.at < effect.at), default=0)
        if effect.fence < newest:
            wrong.append(f"{effect.key} took hold by lease {effect.fence}, {newest} had begun")
    tokens = [row.token for row in rows]
    if tokens != sorted(tokens):
        wrong.append("an event of an older lease was written")
    return wrong


def i7_no_false_go(played: Played) -> list[str]:
    """GO is never said of a service that does not do in the world what was demanded of it."""
    wrong: list[str] = []
    plan = played.script.plan
    planned = {service.service_id: service for service in plan.services}
    for row in journal(played):
        event = row.event
        if not isinstance(event, ServiceJudged) or event.verdict is not Judged.VERIFIED:
            continue
        if event.key.split("/")[2] in {Action.RESTORE, Action.STOP}:
            continue
        run = _judged_run(played, event, row.at)
        if run is None:
            wrong.append(f"{event.key} was verified but nothing of it runs")
            continue
        service = planned.get(event.service_id)
        faults = _faults_of_any(run, row.at)
        if service is not None:
            faults += _faults(run, played.script.plan.rules.signals, row.at)
            if run.served() != service.revision.id:
                faults.append("at another revision than planned")
            if "/check/" not in event.key and run.key != event.key:
                faults.append(f"but what runs was started by {run.key}")
        wrong += [f"{event.key} verified {fault}" for fault in faults]
    return wrong


def _judged_run(played: Played, event: ServiceJudged, at: Instant) -> Run | None:
    """The run that there was when it was judged; one that began in that very moment came after."""
    runs = runs_of(played, event.service_id)
    there = [run for run in runs if run.began < at - _MOMENT or run.key == event.key]
    return there[-1] if there else None


def _faults_of_any(run: Run, at: Instant) -> list[str]:
    """What no service may have, planned or not."""
    found: list[str] = []
    if not run.healthy(at) and not _healthy_lately(run, at):
        found.append("while it was not healthy")
    if run.behaviour.flaps:
        found.append("while its health flapped")
    return found


def _faults(run: Run, signals: Mapping[str, Demand], at: Instant) -> list[str]:
    found: list[str] = []
    behaviour = run.behaviour
    if behaviour.error_share > 0.05:
        found.append(f"with {behaviour.error_share:.0%} errors")
    if behaviour.unreachable:
        found.append("without reaching its owners")
    demanded = {kind for kind in SignalKind if signals.get(str(kind)) is Demand.REQUIRED}
    found += [f"without {kind}" for kind in sorted(demanded & set(behaviour.missing_signals))]
    if demanded and at < run.began + behaviour.signals_after:
        found.append("before any signal could have come")
    return found


def i9_it_ends(played: Played) -> list[str]:
    """Every rollout ends, with nothing pending and a reason for all that did not pass."""
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
    return wrong


def l1_it_completes(played: Played) -> list[str]:
    """Where nothing is broken for good, everything ends verified, whoever died on the way."""
    stopped = bool(played.script.asks) and played.state.held_by != ""
    if played.script.faulty or stopped or played.state.status is Status.COMPLETED:
        return []
    stuck = [n for n, p in played.state.progress.items() if p.state not in PASSED]
    return [f"undamaged, but {', '.join(stuck)} did not pass: {played.state.reason}"]


CHECKERS: tuple[Callable[[Played], list[str]], ...] = (
    i1_owners_first,
    i1_never_blind,
    i2_tiers_in_order,
    i3_limits,
    i4_effects_once,
    i5_nothing_after_hold,
    i6_one_conductor,
    i7_no_false_go,
    i8_only_what_must,
    i8_down_only_together,
    i8_data_only_forward,
    i8_safe_on_the_way,
    i8_as_before,
    i8_no_needless_refusal,
    i9_it_ends,
    i11_checkpoints,
    i12_exactly_the_consumers,
    l1_it_completes,
)
