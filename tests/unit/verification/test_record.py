"""A recorded judgement replays to the same verdict, stays small, and is refused when damaged."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from judgements import DEADLINE, NOW, answers, expecting, healthy, instance, ready, seen, working
from tierline.errors import PermanentError
from tierline.facts.observation import Phase
from tierline.verification.judge import judge
from tierline.verification.record import read, replay, to_json


@pytest.mark.parametrize("now", [NOW, DEADLINE])
@pytest.mark.parametrize(
    "observations",
    [
        working(),
        working(health=healthy(api="...+++-")),
        working(seen=seen(instance("api", phase=Phase.EXITED, exit_code=1, reason="€ \x00" * 900))),
        working(dependencies=ready(owners={"M02-Profile": False}, detail="y" * 5000)),
        working(seen=None, signals=()),
    ],
)
def test_a_replayed_judgement_is_the_same(observations, now: float) -> None:
    text = to_json(expecting(), observations, now)
    assert replay(text) == judge(expecting(), observations, now)
    assert len(text) < 20_000


def test_a_record_of_a_flood_is_bounded() -> None:
    flood = working(health=tuple(answers("api", "+-.?" * 5000, step=0.001)))
    text = to_json(expecting(), flood, NOW)
    assert len(text) < 60_000
    assert replay(text).standing is judge(expecting(), flood, NOW).standing


def test_text_that_cannot_be_encoded_is_no_obstacle() -> None:
    broken = replace(answers("api", "-")[0], detail="\udcff")
    text = to_json(expecting(), working(health=(broken,)), DEADLINE)
    assert replay(text) == judge(expecting(), working(health=(broken,)), DEADLINE)


def test_a_record_says_what_was_judged() -> None:
    recorded = read(to_json(expecting(), working(), NOW))
    assert recorded.expectation == expecting()
    assert recorded.observations == working()
    assert recorded.now == NOW


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 2}', "null"])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(PermanentError) as caught:
        replay(text)
    assert caught.value.code == "verification/record"
    assert caught.value.fix


def test_another_version_is_refused_by_name() -> None:
    document = json.loads(to_json(expecting(), working(), NOW))
    with pytest.raises(PermanentError, match="version"):
        replay(json.dumps({**document, "version": 2}))


def test_pydantic_is_imported_late() -> None:
    program = "import sys, tierline.verification.record; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
