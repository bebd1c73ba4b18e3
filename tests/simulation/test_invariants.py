"""Thousands of seeded rollouts with faults and kills: no invariant is ever broken.

A failing case prints its seed; the seed and the commit reproduce it.
"""

from __future__ import annotations

import os

import pytest

from simulation.checkers import CHECKERS
from simulation.play import play
from simulation.scripts import script_of

ROLLOUTS = int(os.environ.get("TIERLINE_SIMULATED_ROLLOUTS", "600"))
BATCHES = 20


@pytest.mark.parametrize("batch", range(BATCHES))
def test_invariants_hold(batch: int) -> None:
    for seed in range(batch, ROLLOUTS, BATCHES):
        played = play(script_of(seed))
        wrong = [f"{check.__name__}: {what}" for check in CHECKERS for what in check(played)]
        assert not wrong, f"seed {seed}: " + "; ".join(wrong[:5])


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = play(script_of(77)), play(script_of(77))
    assert list(first.store.read("local")) == list(second.store.read("local"))
