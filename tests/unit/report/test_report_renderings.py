"""Text keeps its columns, Markdown stays inert, JSON follows its schema; hostile names or not."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rollouts import SHOP, Story, completed, held_by_payments, plan_of, planned
from tierline.ledger.history import settle
from tierline.report.build import build_report
from tierline.report.document import to_json
from tierline.report.layout import section, table, wrapped
from tierline.report.markdown import to_markdown
from tierline.report.model import Report, RollbackStep
from tierline.report.page.page import to_page
from tierline.report.text import to_text
from tierline.rollout.events import Ending

HOSTILE = "M66-\x1b[2J<img src=x>|`\u202e\n# owned [x](javascript:1)"


def hostile() -> Report:
    story = Story(plan_of(planned(HOSTILE, 0, 0), planned("M01-A", 1, 1, (HOSTILE,))))
    story.fail(HOSTILE, "boot/exit", f"said {HOSTILE}")
    state = story.end(Ending.HELD, HOSTILE)
    report = build_report(state.plan, state, settle(state, ()))
    return replace(report, rollback=(RollbackStep(HOSTILE, "restore", "done", HOSTILE),))


def unasked() -> Report:
    rules = replace(SHOP.rules, status_only=True)
    return build_report(replace(SHOP, rules=rules), completed())


REPORTS = {
    "completed": lambda: build_report(SHOP, completed()),
    "failed": lambda: build_report(SHOP, held_by_payments(), settle(held_by_payments(), ())),
    "refused": lambda: build_report(SHOP, None),
    "hostile": hostile,
    "unasked": unasked,
}


def test_every_format_says_that_nobody_asked_the_services() -> None:
    said = "nobody asked the services"
    shown = [to_text(unasked(), 200), to_markdown(unasked()), to_page(unasked())]
    assert [said in one for one in shown] == [True, True, True]
    assert json.loads(to_json(unasked()))["evidence"] == "status-only"
    full = REPORTS["completed"]()
    assert [said in one for one in (to_text(full, 200), to_markdown(full), to_page(full))] == (
        [False, False, False]
    )


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    file = resources.files("tierline.report").joinpath("schemas/report-1.json")
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", REPORTS)
def test_json_follows_the_published_schema(name: str, validator: Draft202012Validator) -> None:
    text = to_json(REPORTS[name]())
    assert text.isascii()
    assert [error.message for error in validator.iter_errors(json.loads(text))] == []


@pytest.mark.parametrize("key", ["decision", "services", "order", "issues", "rollback"])
def test_the_schema_misses_what_is_not_there(key: str, validator: Draft202012Validator) -> None:
    document = json.loads(to_json(REPORTS["failed"]()))
    del document[key]
    assert not validator.is_valid(document)


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("name", ["completed", "failed", "refused"])
def test_text_keeps_its_columns(name: str, columns: int) -> None:
    lines = to_text(REPORTS[name](), columns).splitlines()
    assert [line for line in lines if len(line) > columns] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_text_holds_nothing_that_a_terminal_acts_on() -> None:
    text = to_text(hostile())
    assert all(character == "\n" or character.isprintable() for character in text)
    assert "\n# owned" not in text


def test_markdown_holds_no_markup_of_others() -> None:
    lines = to_markdown(hostile()).splitlines()
    assert not [line for line in lines if line.startswith("# owned")]
    text = "\n".join(lines)
    assert "<img" not in text.replace("\\<img", "")
    assert "](javascript" not in text.replace("\\]\\(javascript", "")
    for line in lines:
        if line.startswith("|"):
            cells = line.replace("\\|", "").count("|")
            assert cells in {5, 6, 7}


def test_many_that_wait_for_one_are_counted() -> None:
    others = [planned(f"M{n:03d}-S", 1, 1, ("M800-Bus",)) for n in range(100)]
    story = Story(plan_of(planned("M800-Bus", 0, 0), *others))
    story.fail("M800-Bus", "boot/exit", "exited")
    report = build_report(story.plan, story.end(Ending.HELD))
    assert "    and 80 more\n" in to_text(report)
    assert "  - and 50 more\n" in to_markdown(report)


def test_a_table_aligns_by_what_a_terminal_shows() -> None:
    assert table([("a", "\u6771\u4eac", "1"), ("bbb", "x", "22")], right=(2,)) == [
        "  a    \u6771\u4eac   1",
        "  bbb  x     22",
    ]
    assert table([]) == []


def test_wrapping_hangs_under_the_first_line_and_keeps_long_words() -> None:
    assert wrapped("one two three", 24, "  - ") == ["  - one two three"]
    assert wrapped("aaaa bbbb cccc dddd eeee ffff", 24, "  - ") == [
        "  - aaaa bbbb cccc dddd",
        "    eeee ffff",
    ]
    assert wrapped("x" * 90, 40) == ["x" * 90]
    assert wrapped("", 40, "  - ") == ["  -"]


def test_an_empty_section_is_not_shown() -> None:
    assert section("Title", []) == []
    assert section("Title", ["  line"]) == ["", "Title", "  line"]


def test_of_a_failed_rollout_of_many_services_each_is_not_a_line() -> None:
    first = planned("M000-First", 0, 0)
    rest = [planned(f"M{number:03}-Rest", 1, 1, ("M000-First",)) for number in range(1, 101)]
    story = Story(plan_of(first, *rest)).fail("M000-First", "boot/exit", "exited")
    text = to_text(build_report(story.state.plan, story.end(Ending.HELD)))
    assert len(text.splitlines()) < 60
    assert "  and 100 that were never started: 100 held\n" in text
    assert "M016-Rest and 84 more" in " ".join(text.split())
