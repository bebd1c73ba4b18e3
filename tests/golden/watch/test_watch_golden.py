"""Whole reports of a watch, as people and machines get them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from rollouts import SHOP, Story
from tierline.facts.decision import Severity
from tierline.ledger.history import settle
from tierline.report.build import build_report
from tierline.report.document import to_json
from tierline.report.watch_document import watch_json
from tierline.report.watch_text import watch_markdown, watch_text
from tierline.report.watching import WatchReport, watch_report
from tierline.rollout.events import (
    Ending,
    Judged,
    ServiceDegraded,
    ServiceRecovered,
    WatchBegan,
    WatchEnded,
)
from tierline.rollout.state import State

Golden = Callable[[str, str], None]
LATE = "no metrics now: \x1b[31mthey came only before this start"
LONG = "api exited after 12 s with code 3: no such table: ledger, and a line of output that goes on"


def begun() -> Story:
    """SHOP has completed, and a watch has begun."""
    story = Story().verify(*(one.service_id for one in SHOP.services))
    story.end(Ending.COMPLETED)
    return story.then(WatchBegan("ada", 60.0, 10.0, 90.0))


def degraded(
    story: Story, name: str, severity: Severity, code: str, message: str, because: str = ""
) -> Story:
    return story.then(
        ServiceDegraded(name, story.now + story.step, severity, code, message, because)
    )


def steady() -> State:
    story = begun()
    degraded(story, "M01-Accounts", Severity.FAIL, "health/lost", "api is no longer healthy")
    story.now += 3.0
    story.then(ServiceRecovered("M01-Accounts"))
    degraded(story, "M30-Search", Severity.WARN, "telemetry/absent", LATE)
    story.now += 50.0
    return story.then(WatchEnded()).state


def broken() -> State:
    story = begun()
    degraded(story, "M05-Payments", Severity.FAIL, "boot/exit", LONG)
    degraded(
        story,
        "M02-Audit",
        Severity.UNKNOWN,
        "dependency/unreachable",
        "it does not reach its owner M05-Payments now",
        "M05-Payments",
    )
    story.now += 9.0
    story.judge("M05-Payments", Judged.FAILED, "boot/exit", LONG)
    story.now += 45.0
    return story.then(WatchEnded()).state


def interrupted() -> State:
    story = begun()
    story.now += 5.0
    return story.then(WatchEnded("interrupted by SIGINT")).state


def past_gates() -> State:
    story = begun()
    asked = replace(story.state.requested, break_glass="INC-42: logins fail")
    story.state = replace(story.state, requested=asked)
    story.now += 60.0
    return story.then(WatchEnded()).state


CASES: dict[str, Callable[[], State]] = {
    "steady": steady,
    "broken": broken,
    "interrupted": interrupted,
    "past-gates": past_gates,
}


def reported(name: str) -> WatchReport:
    state = CASES[name]()
    assert state.watch is not None
    return watch_report(state, state.watch, settle(state, ()))


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, golden: Golden) -> None:
    text = watch_text(reported(name))
    assert max(len(line) for line in text.splitlines()) <= 80
    golden(f"{name}.txt", text)


@pytest.mark.parametrize("name", CASES)
def test_markdown(name: str, golden: Golden) -> None:
    golden(f"{name}.md", watch_markdown(reported(name)))


@pytest.mark.parametrize("name", CASES)
def test_json_is_as_its_schema_says(name: str, golden: Golden) -> None:
    text = watch_json(reported(name))
    schema = json.loads((files("tierline.report") / "schemas" / "watch-1.json").read_text())
    Draft202012Validator(schema).validate(json.loads(text))
    golden(f"{name}.json", text)


def test_the_report_of_the_rollout_says_what_the_watch_came_to() -> None:
    state = broken()
    document = json.loads(to_json(build_report(state.plan, state, settle(state, ()))))
    schema = json.loads((files("tierline.report") / "schemas" / "report-1.json").read_text())
    Draft202012Validator(schema).validate(document)
    assert (document["decision"], document["state"]) == ("HOLD", "completed")
    assert document["watch"]["decision"] == "HOLD"
    assert [one["command"] for one in document["follow_up"]] == ["tierline rollout"]


def test_a_watch_whose_watcher_was_killed_decides_nothing() -> None:
    state = begun().state
    assert state.watch is not None
    report = watch_report(state, state.watch)
    assert (str(report.decision), report.reason, report.ended_at) == (
        "HOLD",
        "nobody ended it",
        None,
    )


def test_a_watch_of_one_service_is_told_in_the_singular() -> None:
    report = replace(reported("steady"), services=reported("steady").services[:1])
    told = "GO  the service is well after 1 min 00 s; degraded for moments, once\n"
    assert watch_text(report).startswith(told)
    quiet = replace(report, degradations=())
    assert watch_text(quiet).startswith("GO  the service stayed well for 1 min 00 s\n")
