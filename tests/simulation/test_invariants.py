"""Thousands of seeded rollouts with faults and kills: no invariant is ever broken.

A failing case prints its seed; the seed and the commit reproduce it.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

import pytest

from simulation.checkers import CHECKERS
from simulation.play import play
from simulation.scripts import script_of
from tierline.report.why_back import retreat_of
from tierline.rollout.events import (
    CheckpointReached,
    EffectIntended,
    EffectSettled,
    LeaseAcquired,
    RollbackDecided,
)
from tierline.rollout.state import ServiceState, Status

SOAK = 30_000 if os.environ.get("TIERLINE_SOAK") else 300
ROLLOUTS = int(os.environ.get("TIERLINE_SIMULATED_ROLLOUTS", str(SOAK)))
BATCHES = 20


@pytest.mark.parametrize("batch", range(BATCHES))
def test_invariants_hold(batch: int) -> None:
    for seed in range(batch, ROLLOUTS, BATCHES):
        played = play(script_of(seed))
        wrong = [f"{check.__name__}: {what}" for check in CHECKERS for what in check(played)]
        assert not wrong, f"seed {seed}: " + "; ".join(wrong[:5])


@pytest.mark.parametrize("seed", [2638, 2940, 3603, 4001, 4485, 8052, 9339])
def test_what_was_broken_once_holds(seed: int) -> None:
    """2638, 3603: a resume at a checkpoint made what was being checked too old; 4001: a retry went
    ahead of a lower tier that a new conductor was still verifying again; 2940: a conductor that stood
    still went on asking, and its successor got every other answer of a service that flaps; 4485: a
    resume passed a checkpoint that was reached while it was on its way; 8052, 9339: the world did not
    know that a successor's transaction makes durable what a killed writer left in the journal."""
    played = play(script_of(seed))
    assert not [what for check in CHECKERS for what in check(played)]


@pytest.mark.parametrize("seed", [0, 8, 77, 151])
def test_the_same_seed_gives_the_same_run(seed: int) -> None:
    first, second = play(script_of(seed)), play(script_of(seed))
    assert list(first.store.read("local")) == list(second.store.read("local"))
    assert first.world.done == second.world.done


def test_scripts_reach_what_they_are_for() -> None:
    """Checkers that see no trouble prove nothing: count what happens in the first rollouts."""
    seen: Counter[str] = Counter()
    for seed in range(200):
        script = script_of(seed)
        played = play(script)
        rows = list(played.store.read("local"))
        events = [row.event for row in rows]
        seen[str(played.state.status)] += 1
        seen.update({str(p.state) for p in played.state.progress.values()})
        seen["taken over"] += sum(isinstance(event, LeaseAcquired) for event in events) > 1
        seen["blind"] += bool(played.blind)
        seen["workers"] += any(len(s.workloads) > 1 for s in script.plan.services)
        seen["outside"] += bool(script.plan.outside)
        keys = [e.key for e in events if isinstance(e, EffectIntended)]
        seen["another attempt"] += any(key.endswith("/2") for key in keys)
        answers = [e.outcome for e in events if isinstance(e, EffectSettled)]
        seen["unknown"] += "unknown" in answers
        seen["outdated"] += bool(script.outdated)
        seen["checkpoint"] += any(isinstance(event, CheckpointReached) for event in events)
    wanted = {
        *(str(status) for status in (Status.COMPLETED, Status.HELD, Status.ABORTED)),
        *(str(state) for state in ServiceState if state not in _PASSING),
        *("taken over", "blind", "workers", "outside", "another attempt", "unknown", "outdated"),
        "checkpoint",
    }
    assert {what: seen[what] for what in wanted if seen[what] < 5} == {}


_PASSING = {
    *(ServiceState.PENDING, ServiceState.STARTING, ServiceState.VERIFYING),
    ServiceState.RESTORED,  # by rollouts of their own: test_going_back
}


def test_what_goes_back_is_decided_alike_from_its_journal() -> None:
    counted = 0
    for seed in range(700):
        script = script_of(seed)
        if script.past is None:
            continue
        played = play(script)
        past = tuple(played.store.read("local"))
        rows = [row for row in past if row.rollout == played.state.rollout]
        for place, row in enumerate(rows, 1):
            if isinstance(row.event, RollbackDecided):
                retreat = retreat_of(played.state, rows[:place], past, row.event.failed[0])
                assert retreat is not None
                assert retreat.same, (seed, row.seq, retreat)
                counted += 1
    assert counted > 30


def test_without_any_trouble_all_is_started_once_and_verified() -> None:
    script = script_of(12)
    planned = [service.service_id for service in script.plan.services]
    calm = replace(
        script, behaviours={}, unchanged=(), outdated=(), kills=(), freezes=(), asks=(), resumes=0
    )
    played = play(calm)
    assert played.state.status is Status.COMPLETED
    started = sorted(run.service_id for run in played.starts)
    assert started == sorted(played.state.order) == sorted(planned)
