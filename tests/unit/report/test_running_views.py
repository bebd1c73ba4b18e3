"""What runs, as people read it: reasons below their row, what is absent, what to do next."""

from __future__ import annotations

import pytest

from rollouts import Story, held_by_payments
from tierline.facts.observation import Instance, Phase
from tierline.report.running import Conducting, Running, Standing, status_text

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


@pytest.mark.parametrize("columns", [40, 60, 80, 99])
def test_narrow_terminals_cut_names_and_leave_revisions_out(columns: int) -> None:
    lines = status_text(Standing("local", None), RUNNING, (), columns).splitlines()
    assert max(map(len, lines)) <= max(columns, 60)
    assert "revision" not in " ".join(lines)
    assert "revision" in status_text(Standing("local", None), RUNNING, (), 100)
