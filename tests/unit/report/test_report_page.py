"""A page holds what the report holds, and nothing that a browser would run or fetch."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from rollouts import completed, held_by_payments
from tierline.ledger.history import settle
from tierline.report.build import build_report
from tierline.report.model import Cause, Report
from tierline.report.page.page import to_page
from tierline.rollout.state import State

HOSTILE = (
    "\"><script>alert(1)</script><img src=x onerror=y>'&lt;\u202e</style><a href='javascript:z'>"
)


class Seen(HTMLParser):
    """Tags with their attributes, and the text, as a browser would take them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def reported(state: State) -> Report:
    return build_report(state.plan, state, settle(state, ()))


def hostile(words: str) -> Report:
    report = reported(held_by_payments())
    services = tuple(
        replace(one, service_id=words, reason=words, code=words, revision=words)
        for one in report.services
    )
    issues = tuple(replace(one, message=words, next_action=words) for one in report.issues)
    causes = tuple(Cause(words, words, words, words, services) for _ in report.causes)
    return replace(
        report, services=services, issues=issues, causes=causes, mesh=words, reason=words
    )


def assert_harmless(page: str) -> None:
    seen = Seen(page)
    names = {tag for tag, _ in seen.tags}
    assert not names & {"script", "img", "iframe", "link", "object", "form", "base"}
    for tag, attributes in seen.tags:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert (attributes.get("href") or "#").startswith("#")
        assert "src" not in attributes
    assert [tag for tag, _ in seen.tags].count("style") == 1
    assert not re.search(r"url\(|@import", page)


def test_foreign_words_stay_words() -> None:
    page = to_page(hostile(HOSTILE))
    assert_harmless(page)
    assert "alert(1)" in Seen(page).text
    assert "\u202e" not in page


@given(st.text(alphabet="<>\"'&/abc=; \n\x00\x1b", max_size=30))
def test_no_word_becomes_markup(words: str) -> None:
    assert_harmless(to_page(hostile(words)))


def test_every_link_leads_somewhere_on_the_page() -> None:
    for state in (completed(), held_by_payments()):
        tags = Seen(to_page(reported(state))).tags
        names = {attributes.get("id") for _, attributes in tags}
        links = {(attributes["href"] or "")[1:] for tag, attributes in tags if tag == "a"}
        assert links <= names


def test_decision_states_reasons_and_next_steps_are_told() -> None:
    report = reported(held_by_payments())
    text = Seen(to_page(report)).text
    for words in (
        "HOLD",
        "exited with code 3",
        "failed",
        *(one.command for one in report.follow_up),
    ):
        assert words in text
    for one in report.services:
        assert one.service_id in text
