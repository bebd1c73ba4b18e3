"""A rollout that is interrupted, and two at once: one conducts, nothing is lost, nothing twice."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from e2e.cli.shop import Done, Shop, unfit
from e2e.rollout.field import PATIENCE, TIERLINE
from tierline.scaffold.demo import write_demo

AUTH = "M01-Authentication-Service"
BOOT = f"services/core-platform/{AUTH.lower().replace('m01', 'M01')}/internal/app/bootstrap/__init__.py"
WAIT = """def build(service):
    import os, time

    while not os.path.exists({!r}):
        time.sleep(0.02)
"""
BEGUN: list[subprocess.Popen[str]] = []
"""rollouts in the background, so that a test that fails leaves none"""


@pytest.fixture
def slow() -> Iterator[Shop]:
    """A mesh of its own (copies of one share their environment) whose M01 waits until it is let."""
    base = Path(tempfile.mkdtemp(prefix="tc-"))
    shop = Shop(base / "shop", base)
    write_demo(shop.folder)
    file = shop.mesh / BOOT
    text = file.read_text()
    assert text.count("def build(service):\n") == 1
    file.write_text(text.replace("def build(service):\n", WAIT.format(str(_door(shop)))))
    yield shop
    for process in BEGUN:
        process.kill()
        process.communicate()
    BEGUN.clear()
    shop.down()
    shutil.rmtree(base, ignore_errors=True)


HEEDING = ("env", "--default-signal=INT,TERM,HUP")
"""as at a terminal, whatever the tests were started with: a shell's `&` ignores SIGINT"""


class Rollout:
    """A rollout in the background whose messages are read as they come."""

    def __init__(self, shop: Shop, *wrapped: str) -> None:
        self.said = ""
        self._process = subprocess.Popen(
            [*HEEDING, *wrapped, *TIERLINE, "rollout", "--yes", "--format", "json"],
            cwd=shop.folder,
            env=shop.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        BEGUN.append(self._process)

    def until(self, word: str) -> None:
        """Read on until a line of messages has this word."""
        stream: IO[str] | None = self._process.stderr
        assert stream is not None
        for line in stream:
            self.said += line
            if word in line:
                return
        pytest.fail(f"it never said {word!r}: {self.said}")

    def signal(self, *numbers: signal.Signals) -> None:
        """Send these, one after the other."""
        for number in numbers:
            self._process.send_signal(number)
            time.sleep(0.2)

    def end(self) -> Done:
        """Its end."""
        out, rest = self._process.communicate(timeout=PATIENCE)
        BEGUN.remove(self._process)
        told = Done(self._process.returncode, out, self.said + rest)
        unfit(told, -signal.SIGINT)
        return told


def _door(shop: Shop) -> Path:
    return shop.base / "door"


def let(shop: Shop) -> None:
    """M01 may start now: nothing was over before the test did what it is about."""
    _door(shop).touch()


def nothing_twice(shop: Shop) -> None:
    counts = shop.starts()
    assert len(counts) == 17
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_holds_and_resume_ends_go(slow: Shop, number: signal.Signals) -> None:
    rollout = Rollout(slow)
    rollout.until(f"starting   {AUTH}")
    rollout.signal(number)
    let(slow)
    held = rollout.end()
    assert held.code == 4
    report = held.document
    assert (report["decision"], report["state"]) == ("HOLD", "held")
    states = {service["service_id"]: service["state"] for service in report["services"]}
    assert states[AUTH] == "verified"
    assert "held" in states.values()
    assert not set(states.values()) & {"starting", "verifying", "pending", "failed"}
    again = slow.tell("rollout", "--yes")
    assert (again.code, "tierline resume" in again.err) == (1, True)
    resumed = slow.tell("resume", "--format", "json")
    assert (resumed.code, resumed.document["decision"]) == (0, "GO")
    nothing_twice(slow)


def test_a_second_interrupt_leaves_at_once_and_the_same_command_goes_on(slow: Shop) -> None:
    rollout = Rollout(slow)
    rollout.until(f"starting   {AUTH}")
    rollout.signal(signal.SIGINT, signal.SIGINT)
    left = rollout.end()
    assert (left.code, left.out) == (130, ""), left.err
    assert slow.tell("status", "--format", "json").document["state"] == "holding"
    let(slow)
    again = slow.tell("rollout", "--yes", "--format", "json")
    assert (again.code, again.document["decision"]) == (0, "GO"), again.err
    nothing_twice(slow)


def test_an_interrupt_before_anything_began_leaves_nothing_behind(slow: Shop) -> None:
    rollout = Rollout(slow)
    rollout.signal(signal.SIGINT)
    assert rollout.end().code in {130, -signal.SIGINT}
    let(slow)
    again = slow.tell("rollout", "--yes", "--format", "json")
    again = slow.tell("resume", "--format", "json") if again.code == 1 else again
    assert again.document["decision"] == "GO"


def test_under_nohup_a_hang_up_is_no_matter(slow: Shop) -> None:
    rollout = Rollout(slow, "nohup")
    rollout.until(f"starting   {AUTH}")
    rollout.signal(signal.SIGHUP)
    let(slow)
    told = rollout.end()
    assert (told.code, told.document["decision"]) == (0, "GO")


def test_of_two_at_once_one_conducts_and_the_other_says_who(slow: Shop) -> None:
    first = Rollout(slow)
    first.until(f"starting   {AUTH}")
    second = slow.tell("rollout", "--yes", "--format", "json")
    assert (second.code, second.out) == (1, "")
    assert "(tierline rollout, pid " in second.err
    assert "tierline hold" in second.err
    assert Rollout(slow).end().code == 1
    let(slow)
    ended = first.end()
    assert ended.code == 0, ended.err
    nothing_twice(slow)
    reading = slow.tell("report", "--format", "json")
    assert reading.document["decision"] == "GO"
    rollout = reading.document["rollout_id"]
    assert f" conducts {rollout} in this environment since 20" in second.err
    issues = slow.tell("issues", "--format", "json").document["issues"]
    assert {issue["code"] for issue in issues} <= {"owners/external"}


def test_people_command_a_rollout_that_another_process_conducts(slow: Shop) -> None:
    rollout = Rollout(slow)
    rollout.until(f"starting   {AUTH}")
    status = slow.tell("status", "--format", "json")
    assert status.document["state"] == "running"
    assert slow.tell("hold", "--reason", "lunch \x1b[31m").code == 0
    let(slow)
    held = rollout.end()
    assert (held.code, held.document["state"]) == (4, "held")
    assert json.loads(held.out)["reason"].startswith("lunch")
    for command in (("report",), ("report", "--format", "md"), ("status",), ("issues",)):
        assert slow.tell(*command).code in {0, 4}
    assert slow.tell("verify", "M11", "--format", "json").document["decision"] == "GO"
    assert slow.tell("logs", "M11").code == 0
    assert slow.tell("abort").code == 0
    over = slow.tell("resume")
    assert (over.code, "rollout/over" in over.err) == (2, True)
