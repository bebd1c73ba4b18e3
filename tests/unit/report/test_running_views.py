"""What runs, as people read it: reasons below their row, what is absent, what to do next."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from rollouts import SHOP, Story, held_by_payments
from tierline.facts.decision import Severity
from tierline.facts.observation import Instance, Phase
from tierline.report.running import Conducting, Running, Standing, status_json, status_text
from tierline.rollout.events import Ending, Event, ServiceDegraded, WatchBegan
from tierline.rollout.evolve import evolve
from tierline.rollout.state import State

UP = Instance("i1", "api", "r1-up", Phase.RUNNING, addresses={"http": "127.0.0.1:20001"})
DEAD = Instance("i2", "worker", "r1-dead", Phase.EXITED, 3, "no such table: ledger")
ADA = Conducting("ada", "rollout", 7, "box", "/shop", 1777888800.0)
RUNNING = (Running("M01-Accounts", UP, "ok"), Running("M05-Payments", DEAD, "failed"))


def test_a_held_rollout_with_an_exit() -> None:
    text = status_text(Standing("local", held_by_payments()), RUNNING, ("M20-Orders",))
    assert text == (
        "local: R-20260504-1 is held: M05-Payments failed; 3 of 6 not verified\n"
        "  next: tierline report\n"
        "\n"
        "  service       workload  phase    health  address\n"
        "  M01-Accounts  api       running  ok      127.0.0.1:20001\n"
        "  M05-Payments  worker    exited   failed  -\n"
        "      exit 3: no such table: ledger\n"
        "\n"
        "  not running: M20-Orders\n"
    )


@pytest.mark.parametrize(
    ("standing", "begins"),
    [
        (Standing("local", None), "local: nothing was rolled out yet\n  next: tierline rollout\n"),
        (
            Standing("local", Story().state),
            "local: R-20260504-1 was interrupted, nobody conducts it\n  next: tierline resume\n",
        ),
        (
            Standing("local", Story().state, ADA),
            (
                "local: R-20260504-1 is running\n"
                "  conducted by ada (tierline rollout, pid 7 on box, in /shop) since 2026-05-04\n"
                "    10:00:00 UTC\n\n"
            ),
        ),
    ],
)
def test_where_the_newest_rollout_stands(standing: Standing, begins: str) -> None:
    text = status_text(standing, ())
    assert text.startswith(begins)
    assert text.endswith("\nnothing runs\n")


def test_of_many_instances_those_that_are_not_well_are_shown() -> None:
    many = tuple(Running(f"M{number}-X", UP, "ok") for number in range(300))
    absent = [f"N{number}-Y" for number in range(60)]
    lines = status_text(Standing("local", None), (*many, RUNNING[1]), absent).splitlines()
    shown = [line for line in lines if line.startswith("  M")]
    assert [line.split()[0] for line in shown] == ["M05-Payments"]
    assert "  300 instances run and are well; --format json has them all" in lines
    assert lines[-1].endswith("and 10 more")


def watching(*events: Event) -> State:
    story = Story().verify(*(one.service_id for one in SHOP.services)).end(Ending.COMPLETED)
    for event in (WatchBegan("ada", 600.0, 10.0, 90.0), *events):
        story = evolve(story, event, story.ended_at or 0.0)
    return story


def test_a_watch_says_until_when_and_who_is_not_well() -> None:
    ill = ServiceDegraded("M05-Payments", 5.0, Severity.FAIL, "health/failed", "answers 503", "")
    remark = ServiceDegraded("M02-Audit", 5.0, Severity.WARN, "telemetry/absent", "no logs", "")
    ada = replace(ADA, task="watch")
    text = " ".join(status_text(Standing("local", watching(), ada), ()).split())
    assert "watched since 2026-05-04" in text
    assert ", all well" in text
    standing = Standing("local", watching(ill, remark), ada)
    text = " ".join(status_text(standing, ()).split())
    assert ", 1 degraded degraded: M05-Payments: answers 503" in text
    found = json.loads(status_json(standing, ()))["watch"]
    assert (found["goes_on"], found["seconds"]) == (True, 600.0)
    assert [one["service_id"] for one in found["degraded"]] == ["M02-Audit", "M05-Payments"]


def test_a_watch_that_was_killed_proves_nothing() -> None:
    text = status_text(Standing("local", watching()), RUNNING)
    assert "was killed, and proves nothing\n  next: tierline watch\n" in text


@pytest.mark.parametrize("columns", [40, 60, 80, 99])
def test_narrow_terminals_cut_names_and_leave_revisions_out(columns: int) -> None:
    lines = status_text(Standing("local", None), RUNNING, (), columns).splitlines()
    assert max(map(len, lines)) <= max(columns, 60)
    assert "revision" not in " ".join(lines)
    assert "revision" in status_text(Standing("local", None), RUNNING, (), 100)
