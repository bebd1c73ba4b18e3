"""A watch over real processes: a pause is told, a death fails the service, a rollout ends it and mends."""

from __future__ import annotations

import json
import signal
from typing import Any

import psutil
import pytest

from e2e.rollout.field import PATIENCE, Field, states
from e2e.spoken import until

pytestmark = pytest.mark.required("git")

AUTH, PARTNERS = "M01-Authentication-Service", "M05-Partner-Directory-Service"


def process_of(field: Field, service: str) -> psutil.Process:
    """The process of a service's api."""
    shown = json.loads(field.run("status", "--format", "json").stdout)
    (instance,) = (
        one["instance"]
        for one in shown["instances"]
        if one["service_id"] == service and one["workload"] == "api"
    )
    return psutil.Process(int(instance.split("-")[1]))


class Watch:
    """A watch in the background whose messages are read as they come."""

    def __init__(self, field: Field, seconds: int) -> None:
        self._process = field.start("watch", "--for", f"{seconds}s", "--format", "json")
        self.until("watching")

    def until(self, *wanted: str) -> None:
        until(self._process, *wanted)

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, dict[str, Any]]:
        """Its exit code and document."""
        out, err = self._process.communicate(timeout=PATIENCE)
        assert "Traceback" not in err, err
        return self._process.returncode, json.loads(out)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def released(demo: Field) -> Field:
    code, report = demo.rollout()
    assert (code, report["decision"]) == (0, "GO")
    return demo


def test_a_pause_is_told_and_what_dies_fails_and_a_rollout_mends_it(released: Field) -> None:
    watch = Watch(released, 600)
    partners = process_of(released, PARTNERS)
    partners.send_signal(signal.SIGSTOP)
    watch.until("degraded", PARTNERS)
    partners.send_signal(signal.SIGCONT)
    watch.until("recovered", PARTNERS)
    process_of(released, AUTH).send_signal(signal.SIGKILL)
    watch.until("failed", AUTH)
    issues = json.loads(released.run("issues", "--format", "json").stdout)["issues"]
    assert [one["code"] for one in issues if one["service_id"] == AUTH] == ["boot/exit"]
    why = json.loads(released.run("why", "M01", "--format", "json").stdout)
    assert (why["state"], why["judgement"]["same_when_judged_again"]) == ("failed", True)
    code, report = released.rollout()
    assert (code, report["decision"]) == (0, "GO")
    assert {name for name, one in states(report).items() if one == "verified"} == {AUTH}
    code, seen = watch.end()
    assert (code, seen["decision"]) == (4, "HOLD")
    assert seen["reason"].startswith("made room for a rollout")
    fates = {one["service_id"]: one["decision"] for one in seen["services"]}
    assert fates[AUTH] == "NO-GO"
    spells = [(one["service_id"], one["sustained"]) for one in seen["degradations"]]
    assert (PARTNERS, False) in spells
    assert (AUTH, True) in spells
    assert {name for name, sustained in spells if sustained} == {AUTH}


def test_a_rollout_that_is_watched_is_as_good_as_its_watch(released: Field) -> None:
    code, report = released.rollout("--watch", "15s")
    ends = (code, report["decision"], report["watch"]["decision"])
    assert ends == (0, "GO", "GO"), report["watch"]
    begun = released.start("rollout", "--yes", "--format", "json", "--watch", "600s")
    until(begun, "watching")
    shown = json.loads(released.run("status", "--format", "json").stdout)["watch"]
    assert (shown["goes_on"], shown["seconds"]) == (True, 600.0)
    process_of(released, AUTH).send_signal(signal.SIGKILL)
    until(begun, "failed")
    begun.send_signal(signal.SIGINT)
    report = json.loads(begun.communicate(timeout=PATIENCE)[0])
    assert (begun.returncode, report["decision"], report["watch"]["decision"]) == (
        4,
        "HOLD",
        "HOLD",
    )
    assert states(report)[AUTH] == "failed"


def test_a_killed_watch_harms_nothing_and_an_interrupt_ends_one_early(released: Field) -> None:
    first = Watch(released, 600)
    first.kill()
    second = Watch(released, 600)
    third = released.run("watch", "--for", "5s")
    assert (third.returncode, "tierline watch, pid" in third.stderr) == (1, True), third.stderr
    second.signal(signal.SIGINT)
    code, seen = second.end()
    assert (code, seen["decision"], seen["reason"]) == (4, "HOLD", "interrupted by SIGINT")
    assert set(released.starts().values()) == {1}
