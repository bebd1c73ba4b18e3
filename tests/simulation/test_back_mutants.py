"""Wrong rollbacks: each is caught, by the checker of invariant I8 whose part of it it breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from simulation import rollbacks
from simulation.checkers import CHECKERS
from simulation.going_back import EVERY, WHICH
from simulation.play import Played, play
from simulation.scripts import script_of
from tierline.conductor import answering
from tierline.errors import LeaseLost
from tierline.facts.revision import ABSENT
from tierline.rollback import data, solve, stale
from tierline.rollback.model import Answer, Refusal, Scene
from tierline.rollout import evolve as evolving
from tierline.rollout import going_back
from tierline.rollout.events import BackStep, RollbackDecided
from tierline.rollout.state import State
from tierline.targets.simulated.world import World

SEEDS = range(WHICH, 4000, EVERY)
Check = Callable[[Played], list[str]]
Mutant = Callable[[pytest.MonkeyPatch], object]


def ignores_what_was_written(patch: pytest.MonkeyPatch) -> None:
    """Watermarks are raised, and never looked at."""

    def nothing(*_: object) -> tuple[()]:
        return ()

    patch.setattr(data, "_unreadable", nothing)


def only_what_failed(patch: pytest.MonkeyPatch) -> None:
    """Nobody takes anybody along."""

    def alone(*_: object, **__: object) -> dict[str, list[Any]]:
        return {}

    patch.setattr(solve, "takes_of", alone)


def the_whole_release(patch: pytest.MonkeyPatch) -> None:
    """Everything that was started is to blame."""
    patch.setattr(answering, "failed_of", going_back._begun)


def beyond_the_rollout(patch: pytest.MonkeyPatch) -> None:
    """What was not started by it goes back, too."""

    def told(state: State, *arguments: Any) -> RollbackDecided:
        decided = going_back.told(state, *arguments)
        rest = [name for name, one in state.progress.items() if not one.ordinal]
        group = len(decided.steps) + 1
        more = (BackStep(name, ABSENT, group, "as well") for name in rest[:1])
        return decided if decided.refusals else replace(decided, steps=(*decided.steps, *more))

    patch.setattr(answering, "told", told)


def answering_otherwise(change: Callable[[Answer], Answer]) -> Mutant:
    """The core's answer changed on its way."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        def other(scene: Scene, failed: Any, **words: Any) -> Answer:
            return change(solve.solve(scene, failed, **words))

        patch.setattr(answering, "solve", other)

    return apply


def the_other_way_round(answer: Answer) -> Answer:
    return replace(answer, steps=tuple(reversed(answer.steps)))


def never(answer: Answer) -> Answer:
    refusal = Refusal("rollback/drift", answer.failed[0], "who knows", answer.back[:1])
    return replace(answer, steps=(), refusals=answer.refusals or (refusal,))


def asks_once(patch: pytest.MonkeyPatch) -> None:
    """What was decided first is carried out to its end, whatever happens on the way."""

    def as_decided(state: State, _service_id: str) -> State:
        return state

    patch.setattr(evolving, "restored", as_decided)


def to_nothing(patch: pytest.MonkeyPatch) -> None:
    """Whatever goes back is stopped, whatever ran before."""
    scene_before = going_back.scene_before

    def forgetful(state: State, before: Any, *arguments: Any) -> Scene:
        for name in list(before):
            before[name] = ABSENT
        return scene_before(state, before, *arguments)

    patch.setattr(answering, "scene_before", forgetful)


def ends_half_way(patch: pytest.MonkeyPatch) -> None:
    """The first step is taken for all of them."""

    def told(state: State, *arguments: Any) -> RollbackDecided:
        decided = going_back.told(state, *arguments)
        back = any(one.state == "restored" for one in state.progress.values())
        return replace(decided, steps=()) if back else decided

    patch.setattr(answering, "told", told)


def counts_what_never_began(patch: pytest.MonkeyPatch) -> None:
    """What is planned and was not started yet is in the way."""
    edges_now = stale.edges_now

    def all_edges(foresight: Any, _order: Any, before: Any, owners: Any) -> Any:
        return edges_now(foresight, tuple(owners), before, owners)

    patch.setattr(going_back, "edges_now", all_edges)


backwards = answering_otherwise(the_other_way_round)
refuses = answering_otherwise(never)

MUTANTS: Sequence[tuple[str, Mutant, Check, int]] = (
    ("ignores a watermark", ignores_what_was_written, rollbacks.i8_data_only_forward, 745),
    ("asks once", asks_once, rollbacks.i8_data_only_forward, 710),
    ("rolls back only what failed", only_what_failed, rollbacks.i8_as_before, 1340),
    ("ends half way", ends_half_way, rollbacks.i8_as_before, 738),
    ("rolls back the whole release", the_whole_release, rollbacks.i8_only_what_must, 150),
    ("goes beyond the rollout", beyond_the_rollout, rollbacks.i8_only_what_must, 24),
    ("goes back to nothing", to_nothing, rollbacks.i8_only_what_must, 24),
    ("the other way round", backwards, rollbacks.i8_safe_on_the_way, 710),
    ("always refuses", refuses, rollbacks.i8_no_needless_refusal, 24),
    ("counts what never began", counts_what_never_began, rollbacks.i8_no_needless_refusal, 24),
)
"""the number is the first seed that caught it when it was written: the search begins there"""


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
        return check(play(script_of(seed), World))
    except (LeaseLost, AssertionError, KeyError, IndexError):
        return []


def test_every_checker_of_rollbacks_has_caught_somebody() -> None:
    mine = {check for check in CHECKERS if check.__name__.startswith("i8_")}
    elsewhere = {rollbacks.i8_down_only_together}  # where people ask: test_asked_back
    assert {check for _, _, check, _ in MUTANTS} == mine - elsewhere
