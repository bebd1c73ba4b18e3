"""The wall clock is set by hours between commands: history goes forward, leases neither end nor last."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from itertools import pairwise

import pytest

from e2e.rollout.field import Field, states
from e2e.rollout.test_chaos import check_history, journal
from e2e.rollout.test_standing_still import stopped_in_mid_rollout
from tierline.conductor.lease import this_holder
from tierline.targets.local.client import Client

pytestmark = [pytest.mark.required("go"), pytest.mark.timeout(300)]


def later(field: Field, hours: int) -> Field:
    """The same machine after its clock was set."""
    return replace(field, hours=hours)


def in_order(field: Field) -> None:
    rows = journal(field.base)
    check_history(rows)
    assert all(earlier.at <= later.at for earlier, later in pairwise(rows))


def claimed(field: Field, seconds: float) -> None:
    """This process holds the environment's lease for so long."""
    (state,) = (field.base / "s" / "tierline").iterdir()
    client = Client(state, field.base / "r" / "tierline" / state.name)
    asyncio.run(client.claim("local", this_holder("tester", "rollout", "/here"), seconds))


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_lease_neither_ends_nor_lasts_because_the_clock_was_set(
    go_mesh: Field, hours: int
) -> None:
    assert go_mesh.rollout()[0] == 0
    jumped = later(go_mesh, hours)
    claimed(go_mesh, 300.0)
    for _ in range(2):
        refused = jumped.run("rollout", "--yes")
        assert "code: lease/held" in refused.stderr, refused.stderr
        assert f"tester (tierline rollout, pid {os.getpid()} on" in refused.stderr
        go_mesh.kill_supervisors()
    claimed(go_mesh, 0.0)
    code, report = jumped.rollout()
    assert (code, report["decision"]) == (0, "GO"), [s["reason"] for s in report["services"]]
    in_order(go_mesh)


@pytest.mark.parametrize("hours", [-5, 5])
def test_after_a_jump_a_rollout_goes_on_and_ends_go(go_mesh: Field, hours: int) -> None:
    with stopped_in_mid_rollout(go_mesh) as first:
        first.kill()
    go_mesh.kill_supervisors()
    jumped = later(go_mesh, hours)
    code, report = jumped.rollout()
    assert (code, set(states(report).values())) == (0, {"verified"}), report
    text = go_mesh.run("report")
    assert text.returncode == 0
    assert " -" not in text.stdout.replace(" - ", " "), "a duration below zero"
    for back in (go_mesh, jumped):
        code, report = back.rollout()
        assert (code, set(states(report).values())) == (0, {"unchanged"})
        assert back.run("verify").returncode == 0
    in_order(go_mesh)


def test_telemetry_from_before_a_backward_jump_is_not_fresh(go_mesh: Field) -> None:
    """What a service last sent is hours ahead of the new clock; it is stopped now, so it is no GO."""
    ahead = later(go_mesh, 5)
    assert ahead.rollout()[0] == 0
    go_mesh.kill_supervisors()
    stopped = [one for one in go_mesh.services() if one.name() == "api"]
    assert stopped
    for one in stopped:
        one.send_signal(signal.SIGSTOP)
    try:
        code, report = go_mesh.rollout()
        assert code == 4, report
    finally:
        for one in stopped:
            one.send_signal(signal.SIGCONT)
