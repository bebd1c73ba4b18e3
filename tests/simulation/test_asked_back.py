"""Rollouts that people want back: no invariant is broken, and wrong rollbacks are caught.

A failing case prints its seed; the seed and the commit reproduce it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from simulation import rollbacks
from simulation.asking_back import asked_script
from simulation.attempts import attempts, backward
from simulation.checkers import CHECKERS
from simulation.play import Played, play
from simulation.test_invariants import BATCHES, ROLLOUTS
from tierline.conductor import answering
from tierline.errors import LeaseLost
from tierline.facts.revision import ABSENT
from tierline.rollback import data, solve
from tierline.rollback.model import Answer, Scene
from tierline.rollout import evolve, going_back, retreat
from tierline.rollout.back import Back
from tierline.rollout.choices import Intend
from tierline.rollout.events import BackStep, CommandAccepted, RollbackDecided
from tierline.rollout.state import State, Status
from tierline.rollout.turning import asked

SEEDS = range(600)
Check = Callable[[Played], list[str]]
Mutant = Callable[[pytest.MonkeyPatch], object]


@pytest.mark.parametrize("batch", range(BATCHES))
def test_invariants_hold_where_people_ask_for_a_rollback(batch: int) -> None:
    for seed in range(batch, ROLLOUTS // 10, BATCHES):
        played = play(asked_script(seed))
        wrong = [f"{check.__name__}: {what}" for check in CHECKERS for what in check(played)]
        assert not wrong, f"seed {seed}: " + "; ".join(wrong[:5])


@pytest.mark.parametrize("seed", [20, 279, 406])
def test_what_was_broken_once_holds(seed: int) -> None:
    """20: asked for once more, what was back already was judged by the plan, and failed; 279: who took
    data over from a service that had not started yet went back; 406: of services that only work
    together the old consumer was started while the new provider still ran."""
    played = play(asked_script(seed))
    assert not [what for check in CHECKERS for what in check(played)]


def test_scripts_reach_what_they_are_for() -> None:
    seen: Counter[str] = Counter()
    for seed in range(100):
        played = play(asked_script(seed))
        past, tried = played.script.past, attempts(played)
        assert past is not None
        seen["tried again"] += len(tried) > 1
        seen["people blame somebody"] += any(one.blamed for one in played.script.backs)
        seen["down together"] += any(
            past.revision(one.service_id) != ABSENT and "/stop/" in one.key
            for one in backward(played)
        )
        seen["rolled back"] += played.state.status is Status.ROLLED_BACK
        decided = played.state.back.decided if played.state.back else None
        seen.update({one.code for one in (decided.refusals if decided else ())})
    wanted = {
        *("tried again", "people blame somebody", "down together", "rolled back"),
        *("rollback/destructive-migration", "rollback/owner-wrote", "rollback/lockstep"),
    }
    assert {what: seen[what] for what in wanted if seen[what] < 2} == {}


def all_at_once(patch: pytest.MonkeyPatch) -> None:
    """Of services that only work together nobody is stopped before the first is back."""

    def at_once(state: State, group: Sequence[BackStep]) -> list[Intend]:
        return [retreat._intend(state, one) for one in group]

    patch.setattr(retreat, "_moves", at_once)


def ignores_migrations(patch: pytest.MonkeyPatch) -> None:
    """What was migrated away is taken to be there."""

    def nothing(*_: object) -> tuple[()]:
        return ()

    patch.setattr(data, "_migrated", nothing)


def owners_by_the_started(patch: pytest.MonkeyPatch) -> None:
    """Who owned data counts only where that one was started, too."""
    taken_over = data._taken_over

    def short(line: Any, facts: data.DataFacts) -> Any:
        return taken_over(line, replace(facts, owners={}))

    patch.setattr(data, "_taken_over", short)


def stops_unasked(patch: pytest.MonkeyPatch) -> None:
    """Nobody has to allow that services are down."""

    def granted(scene: Scene, failed: Any, **_: object) -> Answer:
        return solve.solve(scene, failed, downtime=True)

    patch.setattr(answering, "solve", granted)


def blames_others(patch: pytest.MonkeyPatch) -> None:
    """Whom people name does not matter."""

    def deaf(state: State) -> tuple[str, ...]:
        back = state.back or Back()
        return going_back.failed_of(replace(state, back=replace(back, blamed=frozenset())))

    patch.setattr(answering, "failed_of", deaf)


def forgets_what_is_back(patch: pytest.MonkeyPatch) -> None:
    """Asked once more, it no longer knows where services went back to."""

    def anew(state: State, event: CommandAccepted) -> State:
        return asked(replace(state, back=None), event)

    patch.setattr(evolve, "asked", anew)


def beyond_the_rollout(patch: pytest.MonkeyPatch) -> None:
    """What was not started by it is stopped, too."""

    def told(state: State, *arguments: Any) -> RollbackDecided:
        decided = going_back.told(state, *arguments)
        rest = [name for name, one in state.progress.items() if not one.ordinal]
        more = (BackStep(name, ABSENT, len(decided.steps) + 1, "as well") for name in rest[:1])
        return decided if decided.refusals else replace(decided, steps=(*decided.steps, *more))

    patch.setattr(answering, "told", told)


MUTANTS: Sequence[tuple[str, Mutant, Check, int]] = (
    ("goes beyond the rollout", beyond_the_rollout, rollbacks.i8_only_what_must, 4),
    ("blames others than people do", blames_others, rollbacks.i8_only_what_must, 11),
    ("exchanges a circle at once", all_at_once, rollbacks.i8_safe_on_the_way, 11),
    ("stops unasked", stops_unasked, rollbacks.i8_down_only_together, 6),
    ("ignores a destructive migration", ignores_migrations, rollbacks.i8_data_only_forward, 15),
    ("forgets the former owner", owners_by_the_started, rollbacks.i8_data_only_forward, 279),
    ("forgets what is back", forgets_what_is_back, rollbacks.i8_no_needless_refusal, 20),
)
"""the number is a seed that caught it when it was written: the search begins there"""


@pytest.mark.parametrize(
    ("mutant", "check", "first"), [pytest.param(*row, id=name) for name, *row in MUTANTS]
)
def test_a_wrong_rollback_is_caught(
    mutant: Mutant, check: Check, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant(monkeypatch)
    seeds = sorted(SEEDS, key=lambda seed: seed < first)
    assert any(_complaints(seed, check) for seed in seeds), f"not by {check.__name__}"


def _complaints(seed: int, check: Check) -> list[str]:
    try:
        return check(play(asked_script(seed)))
    except (LeaseLost, AssertionError, KeyError, IndexError):
        return []
