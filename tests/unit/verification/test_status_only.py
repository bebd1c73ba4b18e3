"""Where a policy takes the cluster's own word, that word is still asked for whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgements import DEADLINE, KEY, NOW, PREVIOUS, expecting, instance, seen
from tierline.facts.observation import Fault, Phase
from tierline.verification.judge import judge
from tierline.verification.model import Observations, Standing
from tierline.verification.record import replay, to_json

EXPECTED = expecting(status_only=True)
API, WORKER = instance("api"), instance("worker")


def test_the_clusters_word_is_enough_and_every_verdict_says_so() -> None:
    verdict = judge(EXPECTED, Observations(seen=seen()), NOW)
    assert verdict.standing is Standing.VERIFIED
    assert [(one.name, one.code) for one in verdict.conditions] == [
        ("revision", "revision/planned"),
        ("running", "boot/running"),
        ("asked", "evidence/status-only"),
    ]
    assert verdict.decisive and verdict.decisive.message == "not asked: evidence is status-only"
    assert judge(replace(EXPECTED, status_only=False), Observations(seen=seen()), NOW).standing is (
        Standing.WAITING
    )


@pytest.mark.parametrize(
    ("shown", "standing"),
    [
        (None, Standing.WAITING),
        (seen(API), Standing.WAITING),
        (seen(API, WORKER, settled=False), Standing.WAITING),
        (seen(API, replace(WORKER, phase=Phase.STARTING)), Standing.WAITING),
        (seen(API, WORKER, instance("worker", id="old", key="", revision=PREVIOUS)), Standing.WAITING),
        (seen(API, replace(WORKER, key="R-0/other")), Standing.WAITING),
        (seen(API, replace(WORKER, revision=PREVIOUS)), Standing.FAILED),
        (seen(API, replace(WORKER, phase=Phase.EXITED)), Standing.FAILED),
        (seen(API, replace(WORKER, restarts=1)), Standing.FAILED),
        (seen(fault=Fault("start/image", "no such image"), last_key=KEY), Standing.FAILED),
    ],
)  # fmt: skip
def test_less_than_all_of_it_is_no_verification(shown, standing: Standing) -> None:
    verdict = judge(EXPECTED, Observations(seen=shown), NOW)
    assert verdict.standing is standing
    late = judge(EXPECTED, Observations(seen=shown), DEADLINE + 1).standing
    assert late in {Standing.FAILED, Standing.UNDECIDED}


def test_the_record_of_a_verdict_keeps_by_which_evidence_it_was() -> None:
    observed = Observations(seen=seen())
    record = to_json(EXPECTED, observed, NOW)
    assert replay(record) == judge(EXPECTED, observed, NOW)
