"""Whole reports, as people and machines get them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rollouts import SHOP, START, Story, completed, held_by_payments
from tierline.boundary.model import Basis, Fit
from tierline.boundary.table import Met, Side, Table
from tierline.facts.decision import Decision
from tierline.ledger.history import settle
from tierline.plan.model import Blocker
from tierline.report.build import build_report
from tierline.report.document import to_json
from tierline.report.markdown import to_markdown
from tierline.report.model import Report
from tierline.report.page.page import to_page
from tierline.report.text import to_text
from tierline.rollout.events import Action, Command, Ending, Judged
from tierline.rollout.state import State

Golden = Callable[[str, str], None]


def reported(state: State) -> Report:
    return build_report(state.plan, state, settle(state, ()))


def _pair(consumer_is: Side, provider_is: Side, fit: Fit, message: str, before: str = "") -> Met:
    contract = "contracts/events/order.placed.json"
    basis = Basis.USE if fit is Fit.NO else Basis.COMPARED
    names = ("M02-Audit", "M05-Payments", contract)
    return Met(*names, consumer_is, provider_is, fit, basis, message, before)


_NEW, _RUNS = Side.CANDIDATE, Side.RUNS
CROSSED = Table(
    (
        _pair(_RUNS, _NEW, Fit.NO, "order.placed: note is no longer written (at /note)"),
        _pair(Side.BEFORE, _NEW, Fit.UNKNOWN, "its contracts were not kept", "0a1b2c3d4e5f"),
        _pair(_NEW, _NEW, Fit.YES, "it goes on working"),
        _pair(_NEW, _RUNS, Fit.YES, "both go by the same contract"),
    ),
    {"yes": 7, "no": 1, "unknown": 1},
)


def refused() -> Report:
    blockers = (
        Blocker("index/stale", None, "the index lacks M31-Returns", ()),
        Blocker("config/missing", "M05-Payments", "M05-Payments: configs/default.yaml is missing"),
        Blocker("lifecycle/listed", "M05-Payments", "M05-Payments: not listed as implemented"),
        Blocker("owners/hold", "M02-Audit", "waits for it", ("M02-Audit", "M05-Payments")),
    )
    services = tuple(
        replace(
            one,
            decision={"M05-Payments": Decision.NO_GO, "M02-Audit": Decision.HOLD}.get(
                one.service_id, one.decision
            ),
        )
        for one in SHOP.services
    )
    plan = replace(
        SHOP, decision=Decision.NO_GO, blockers=blockers, services=services, boundaries=CROSSED
    )
    return build_report(plan, None)


def held_by_a_person() -> Report:
    story = Story().verify("M80-Event-Bus").start("M01-Accounts")
    story.ask(Command.HOLD, "not before lunch")
    return reported(story.end(Ending.HELD, "not before lunch"))


def running() -> Report:
    story = Story(unchanged=("M80-Event-Bus",)).start("M80-Event-Bus", Action.CHECK)
    story.judge("M80-Event-Bus", Judged.VERIFIED).start("M01-Accounts")
    return reported(story.state)


def mended() -> Report:
    known = settle(held_by_payments(), ())
    story = Story(now=START + 60).verify(*(one.service_id for one in SHOP.services))
    state = story.end(Ending.COMPLETED)
    kept = {issue.id: issue for issue in (*known, *settle(state, known))}
    return build_report(SHOP, state, kept.values())


CASES: dict[str, Callable[[], Report]] = {
    "completed": lambda: reported(completed()),
    "failed": lambda: reported(held_by_payments()),
    "refused": refused,
    "held": held_by_a_person,
    "running": running,
    "mended": mended,
}


@pytest.mark.parametrize("name", CASES)
def test_text(name: str, golden: Golden) -> None:
    golden(f"{name}.txt", to_text(CASES[name]()))


@pytest.mark.parametrize("name", CASES)
def test_markdown(name: str, golden: Golden) -> None:
    golden(f"{name}.md", to_markdown(CASES[name]()))


@pytest.mark.parametrize("name", CASES)
def test_json(name: str, golden: Golden) -> None:
    golden(f"{name}.json", to_json(CASES[name]()))


@pytest.mark.parametrize("name", CASES)
def test_page(name: str, golden: Golden) -> None:
    golden(f"{name}.html", to_page(CASES[name]()))
