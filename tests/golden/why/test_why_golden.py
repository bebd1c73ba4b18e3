"""Why a service stands where it stands, from a journal that a conductor wrote on virtual time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from made.baking import OWNERS, altering, watched
from made.conducting import HERE, Place, plan_for
from tierline.conductor.virtual import run_virtually
from tierline.report.why import Why, why_of
from tierline.report.why_document import why_json
from tierline.report.why_text import why_markdown, why_text
from tierline.rollout.events import Recorded, ServiceJudged
from tierline.rollout.state import State
from tierline.targets.simulated.behaviour import Behaviour

Golden = Callable[[str, str], None]
Story = tuple[State, tuple[Recorded, ...]]


@cache
def broken() -> Story:
    """A rollout in which M02 exits, so that M03 is held."""
    place = Place({"M02": (Behaviour(exits_after=0.1),)}, OWNERS)
    state = run_virtually(place.carry(plan_for(OWNERS)))
    return state, tuple(place.store.read(HERE, state.rollout))


@cache
def fallen() -> Story:
    """A rollout of which M04 died under watch."""
    baking, state = watched(altering(20.0, "M04", exits_after=0.0))
    return state, tuple(baking.place.store.read(HERE, state.rollout))


CASES: dict[str, tuple[Callable[[], Story], str]] = {
    "failed": (broken, "M02"),
    "held": (broken, "M03"),
    "verified": (broken, "M04"),
    "fallen": (fallen, "M04"),
}


def told(name: str) -> Why:
    story, service = CASES[name]
    state, rows = story()
    return why_of(state, rows, rows, service)


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, golden: Golden) -> None:
    text = why_text(told(name))
    assert max(len(line) for line in text.splitlines()) <= 80
    golden(f"{name}.txt", text)


@pytest.mark.parametrize("name", CASES)
def test_markdown(name: str, golden: Golden) -> None:
    golden(f"{name}.md", why_markdown(told(name)))


@pytest.mark.parametrize("name", CASES)
def test_json_is_as_its_schema_says(name: str, golden: Golden) -> None:
    text = why_json(told(name))
    schema = json.loads((files("tierline.report") / "schemas" / "why-1.json").read_text())
    Draft202012Validator(schema).validate(json.loads(text))
    golden(f"{name}.json", text)


@pytest.mark.parametrize("name", ["failed", "verified", "fallen"])
def test_a_judgement_comes_out_the_same_from_its_record(name: str) -> None:
    judgement = told(name).judgement
    assert judgement is not None
    assert judgement.same is True


def changed(change: Callable[[str], str]) -> Why:
    """The failed service's story, its record changed."""
    state, rows = broken()
    other = tuple(
        replace(row, event=replace(row.event, evidence=change(row.event.evidence)))
        if isinstance(row.event, ServiceJudged)
        else row
        for row in rows
    )
    return why_of(state, other, other, "M02")


def test_a_record_that_says_something_else_shows() -> None:
    judgement = changed(lambda text: text.replace('"exit_code":1', '"exit_code":7')).judgement
    assert judgement is not None
    assert judgement.same is False


@pytest.mark.parametrize("text", ["", "{}", "no json \x1b[31m"])
def test_a_record_that_cannot_be_read_is_told_and_no_more(text: str) -> None:
    one = changed(lambda _: text)
    assert one.judgement is not None
    assert one.judgement.same is None
    assert one.judgement.trouble
    assert "\x1b" not in why_text(one) + why_markdown(one) + why_json(one)


def test_foreign_text_cannot_act_on_a_terminal() -> None:
    state, rows = broken()
    row = next(one for one in rows if isinstance(one.event, ServiceJudged))
    event = replace(row.event, service_id="M02", message="\x1b[2J\u202e")
    more = (*rows, replace(row, event=event))
    one = why_of(state, more, more, "M02")
    shown = why_text(one) + why_markdown(one) + why_json(one)
    assert not {"\x1b", "\u202e"} & set(shown)
