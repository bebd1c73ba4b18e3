"""Wrong conductors and wrong worlds: each is caught, by the checker whose invariant it breaks.

A checker that no wrong implementation ever fails proves nothing. Every mutant changes one thing at
a seam and must be caught by name within a bounded number of seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from simulation import checkers, checkpoints
from simulation.play import Played, play
from simulation.scripts import script_of
from simulation.withholding import i12_exactly_the_consumers
from tierline.conductor import journal, judging, loop
from tierline.conductor.loop import Conductor
from tierline.conductor.sight import Sight
from tierline.conductor.turn import Turn
from tierline.errors import LeaseLost
from tierline.facts.observation import Accepted, Lost, Observation, Outcome
from tierline.rollout import consequences, queues
from tierline.rollout import decide as deciding
from tierline.rollout import evolve as evolving
from tierline.rollout.decide import Choice, Decided, End, Intend, Resend
from tierline.rollout.events import (
    Action,
    EffectIntended,
    Ending,
    Judged,
    Recorded,
    ServiceJudged,
    ServiceObserved,
    effect_key,
)
from tierline.rollout.state import Held, Kind, ServiceState, State, Status
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry
from tierline.targets.simulated.world import World

SEEDS = 400
Check = Callable[[Played], list[str]]
Mutant = Callable[[pytest.MonkeyPatch], type[World] | None]


def acts_without_intent(patch: pytest.MonkeyPatch) -> None:
    """Effects are sent and never written down."""
    append = MemoryStore.append

    def forgetful(self: MemoryStore, environment: str, expected_seq: int, *entries: Entry) -> int:
        def kept(entry: Entry) -> Entry:
            events = [event for event in entry.events if not isinstance(event, EffectIntended)]
            return replace(entry, events=events)

        return append(self, environment, expected_seq, *map(kept, entries))

    patch.setattr(MemoryStore, "append", forgetful)


def acts_before_writing(patch: pytest.MonkeyPatch) -> None:
    """The effect goes out, the intent is written after the answer has come."""
    add = journal.Journal.add

    def late(self: journal.Journal, turn: Turn) -> None:
        for event in turn.events:
            if isinstance(event, EffectIntended) and event.action is Action.APPLY:
                world: Any = self._world.target
                fence = self._fence.token
                world._world.apply(event.service_id, event.revision, event.key, fence)
        add(self, turn)

    patch.setattr(journal.Journal, "add", late)


def sends_what_is_being_written(patch: pytest.MonkeyPatch) -> None:
    """An effect goes out while its intent is on its way to the disk."""

    def at_once(self: journal.Journal, key: str) -> bool:
        return True

    patch.setattr(journal.Journal, "holds", at_once)


def forgets_what_waits(patch: pytest.MonkeyPatch) -> None:
    """Turns that come while a transaction is on its way are in none."""
    add = journal.Journal.add

    def forgetful(self: journal.Journal, turn: Turn) -> None:
        writing = self._writing is not None and not self._writing.done()
        add(self, turn)
        if writing:
            self._waiting.clear()

    patch.setattr(journal.Journal, "add", forgetful)


class FencelessWorld(World):
    """Takes effects of any lease."""

    def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        self._highest = min(self._highest, fence)
        return super().apply(service_id, revision, key, fence)


def world_without_fence(patch: pytest.MonkeyPatch) -> type[World]:
    """The target accepts effects of a lease that is over."""
    return FencelessWorld


def journal_for_anybody(patch: pytest.MonkeyPatch) -> None:
    """The store takes events of a lease that is over."""

    def open_to_all(self: MemoryStore, environment: str, expected_seq: int, *entries: Entry) -> int:
        rows = self._rows.setdefault(environment, [])
        for entry, event in ((each, one) for each in entries for one in each.events):
            rows.append(Recorded(len(rows) + 1, entry.rollout, entry.at, entry.token, event))
        return len(rows)

    patch.setattr(MemoryStore, "append", open_to_all)


def starts_when_accepted(patch: pytest.MonkeyPatch) -> None:
    """An owner counts as soon as the target took it on."""
    early = queues.PASSED | {ServiceState.VERIFYING}
    patch.setattr(queues, "PASSED", early)


def outside_owners_count_unseen(patch: pytest.MonkeyPatch) -> None:
    """Owners outside the plan are taken to work."""
    index_of = evolving.index_of

    def blind(plan: Any) -> Any:
        services = tuple(replace(service, outside=()) for service in plan.services)
        return index_of(replace(plan, services=services, outside={}))

    patch.setattr(evolving, "index_of", blind)


def starts_while_blind(patch: pytest.MonkeyPatch) -> None:
    """A lost view is not noticed."""
    observe = Sight.observe

    def careless(self: Sight, observation: Observation) -> list[ServiceObserved]:
        return [] if isinstance(observation, Lost) else observe(self, observation)

    patch.setattr(Sight, "observe", careless)


def trusts_the_past(patch: pytest.MonkeyPatch) -> None:
    """What was verified once needs no evidence from now."""
    judge = judging.Judging._judge

    def lenient(self: Any, state: State, service_id: str, now: float) -> ServiceJudged | None:
        progress = state.progress.get(service_id)
        waits = progress is not None and progress.state is ServiceState.VERIFYING
        if progress is not None and waits and progress.action is Action.CHECK:
            return ServiceJudged(service_id, progress.key, Judged.VERIFIED, "", "", "")
        return judge(self, state, service_id, now)

    patch.setattr(judging.Judging, "_judge", lenient)


def expects(**changes: object) -> Mutant:
    """Verification demands less than the plan does."""

    def weaken(patch: pytest.MonkeyPatch) -> None:
        expectation_of = judging.expectation_of

        def weaker(*arguments: Any) -> Any:
            return replace(expectation_of(*arguments), **changes)

        patch.setattr(judging, "expectation_of", weaker)

    return weaken


def trusts_any_start(patch: pytest.MonkeyPatch) -> None:
    """What was seen and heard before the effect counts as if it came after."""
    expects(key="", revision="", since=0.0)(patch)


def loses_what_was_open(patch: pytest.MonkeyPatch) -> None:
    """A conductor that takes over does not send what nobody answered."""
    act = Conductor._act

    def only_new(self: Conductor, decided: Decided, turn: Turn) -> None:
        new = {c.event.service_id for c in decided.choices if isinstance(c, Intend)}
        again = {c.service_id for c in decided.choices if isinstance(c, Resend)}
        for name in set(turn.state.unanswered) - new - again:
            self._sending.add(turn.state.of(name).key)
        act(self, decided, turn)

    patch.setattr(Conductor, "_act", only_new)


def loses_commands(patch: pytest.MonkeyPatch) -> None:
    """What people ask is never read."""

    def nothing(self: MemoryStore, environment: str, after: int) -> tuple[Asked, ...]:
        return ()

    patch.setattr(MemoryStore, "asked", nothing)


def forgets_commands(patch: pytest.MonkeyPatch) -> None:
    """What people ask is read, and marked as read, and not written down."""

    def obey(self: Conductor, asked: Asked, turn: Turn) -> None:
        pass

    patch.setattr(Conductor, "_obey", obey)


def deciding_otherwise(change: Callable[[State, Decided], Decided]) -> Mutant:
    """`decide` with its answer changed."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        def other(state: State, now: float) -> Decided:
            return change(state, deciding.decide(state, now))

        patch.setattr(loop, "decide", other)

    return apply


def anew(state: State, decided: Decided) -> Decided:
    return replace(decided, choices=tuple(as_intent(state, c) for c in decided.choices))


def as_intent(state: State, choice: Choice) -> Choice:
    """What nobody answered is tried as another attempt, under another key."""
    if not isinstance(choice, Resend):
        return choice
    name, attempt = choice.service_id, state.of(choice.service_id).attempt + 1
    revision = state.index.services[name].revision.id
    key = effect_key(state.rollout, name, Action.APPLY, attempt)
    return Intend(EffectIntended(key, name, Action.APPLY, attempt, revision))


def without_reasons(state: State, decided: Decided) -> Decided:
    """Ends as soon as there is nothing to start, whatever is in flight."""
    return decided if decided.choices else Decided((End(Ending.COMPLETED, ""),), None)


def deciding_on(change: Callable[[State], State]) -> Mutant:
    """`decide` told another state than there is."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        def other(state: State, now: float) -> Decided:
            return deciding.decide(change(state), now)

        patch.setattr(loop, "decide", other)

    return apply


def as_if_empty(state: State) -> State:
    return replace(state, in_flight=0) if state.status is Status.RUNNING else state


def as_if_running(state: State) -> State:
    holding = state.status is Status.HOLDING
    return replace(state, status=Status.RUNNING) if holding else state


def ignores_tiers(patch: pytest.MonkeyPatch) -> None:
    """All tiers are open from the beginning."""

    def never(_state: State, _group: int) -> bool:
        return False

    patch.setattr(queues, "_shut", never)


def asks_nobody(patch: pytest.MonkeyPatch) -> None:
    """Checkpoints are passed by themselves."""
    shut = queues._shut

    def hasty(state: State, group: int) -> bool:
        return shut(replace(state, passed=group), group)

    patch.setattr(queues, "_shut", hasty)


def holds_nobody_for(kind: Kind) -> Mutant:
    """A failure has no consequences of one kind."""

    def soften(patch: pytest.MonkeyPatch) -> None:
        hold_all = consequences._hold_all

        def lenient(state: State, names: Any, held: Held, at: float) -> State:
            return state if held.kind is kind else hold_all(state, names, held, at)

        patch.setattr(consequences, "_hold_all", lenient)

    return soften


def gives_up_quietly(patch: pytest.MonkeyPatch) -> None:
    """Failures carry no reason."""
    fail = evolving._fail

    def silent(state: State, service_id: str, code: str, reason: str, at: float) -> State:
        return fail(state, service_id, code, "", at)

    patch.setattr(evolving, "_fail", silent)


def fails_on_any_doubt(patch: pytest.MonkeyPatch) -> None:
    """Always holding is safe, and useless."""
    settlement = loop.settlement

    def strict(service_id: str, key: str, outcome: Outcome) -> Any:
        answer = settlement(service_id, key, outcome)
        fine = isinstance(outcome, Accepted)
        return answer if fine else replace(answer, outcome="refused", temporary=False)

    patch.setattr(loop, "settlement", strict)


def holds_no_consumers(patch: pytest.MonkeyPatch) -> None:
    """Who uses what broke starts all the same."""
    withhold = evolving.withhold

    def noted(state: State, provider: str, consumers: Sequence[str], at: float) -> State:
        going_back = replace(state, status=Status.ROLLING_BACK)
        return replace(withhold(going_back, provider, consumers, at), status=state.status)

    patch.setattr(evolving, "withhold", noted)


def holds_all_readers(patch: pytest.MonkeyPatch) -> None:
    """Whoever reads data of a service that breaks something is held, whatever it uses."""
    withhold = evolving.withhold

    def more(state: State, provider: str, consumers: Sequence[str], at: float) -> State:
        everybody = state.index.waiters.get(provider, ()) if consumers else ()
        return withhold(state, provider, {*consumers, *everybody}, at)

    patch.setattr(evolving, "withhold", more)


MUTANTS: Sequence[tuple[str, Mutant, Check]] = (
    ("acts without an intent", acts_without_intent, checkers.i4_effects_once),
    ("acts before writing", acts_before_writing, checkers.i4_effects_once),
    ("sends what is being written", sends_what_is_being_written, checkers.i4_effects_once),
    ("forgets what waits", forgets_what_waits, checkers.i9_it_ends),
    ("resends under a new key", deciding_otherwise(anew), checkers.i4_effects_once),
    ("loses what was open", loses_what_was_open, checkers.i9_it_ends),
    ("target ignores the fence", world_without_fence, checkers.i6_one_conductor),
    ("journal ignores the fence", journal_for_anybody, checkers.i6_one_conductor),
    ("starts when accepted", starts_when_accepted, checkers.i1_owners_first),
    ("outside owners unseen", outside_owners_count_unseen, checkers.i1_owners_first),
    ("starts while blind", starts_while_blind, checkers.i1_never_blind),
    ("ignores tiers", ignores_tiers, checkers.i2_tiers_in_order),
    ("passes checkpoints unasked", asks_nobody, checkpoints.i11_checkpoints),
    ("opens a tier after failure", holds_nobody_for(Kind.TIER), checkers.i2_tiers_in_order),
    ("ignores max_parallel", deciding_on(as_if_empty), checkers.i3_limits),
    ("ignores the budget", holds_nobody_for(Kind.CAPACITY), checkers.i3_limits),
    ("starts in a hold", deciding_on(as_if_running), checkers.i5_nothing_after_hold),
    ("loses commands", loses_commands, checkers.i5_nothing_after_hold),
    ("forgets commands", forgets_commands, checkers.i5_nothing_after_hold),
    ("trusts the past", trusts_the_past, checkers.i7_no_false_go),
    ("trusts any start", trusts_any_start, checkers.i7_no_false_go),
    ("asks for no signals", expects(signals={}), checkers.i7_no_false_go),
    ("asks for no owners", expects(owners=()), checkers.i7_no_false_go),
    ("ends too early", deciding_otherwise(without_reasons), checkers.i9_it_ends),
    ("gives no reasons", gives_up_quietly, checkers.i9_it_ends),
    ("holds no consumers", holds_no_consumers, i12_exactly_the_consumers),
    ("holds all readers", holds_all_readers, i12_exactly_the_consumers),
    ("fails on any doubt", fails_on_any_doubt, checkers.l1_it_completes),
)


def complaints(check: Check, world: type[World] | None) -> Iterator[list[str]]:
    """What a checker says, seed by seed; a conductor that breaks down says nothing by that."""
    for seed in range(SEEDS):
        try:
            played = play(script_of(seed), world or World)
        except (LeaseLost, AssertionError, KeyError):
            continue
        yield check(played)


@pytest.mark.parametrize(
    ("mutant", "check"), [pytest.param(m, c, id=name) for name, m, c in MUTANTS]
)
def test_a_mutant_is_caught(mutant: Mutant, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    world = mutant(monkeypatch)
    assert any(complaints(check, world)), f"{SEEDS} seeds were not enough for {check.__name__}"


def test_every_checker_has_caught_somebody() -> None:
    others = {check for check in checkers.CHECKERS if not check.__name__.startswith("i8_")}
    assert {check for _, _, check in MUTANTS} == others
