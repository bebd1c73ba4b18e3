"""The live view of a watch: how long it still takes, who is not well, and what Ctrl-C would do."""

from __future__ import annotations

import re

import pytest

from rollouts import Story
from tierline.cli.live_watch import LiveWatch
from tierline.facts.decision import Severity
from tierline.rollout.events import Ending, RolloutEnded, ServiceDegraded, WatchBegan

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ALL = ("M80-Event-Bus", "M01-Accounts", "M05-Payments", "M30-Search", "M02-Audit", "M20-Orders")


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_a_watch_says_how_long_and_who_is_not_well(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("FORCE_COLOR", "1"), ("TERM", "xterm"), ("COLUMNS", str(columns))):
        monkeypatch.setenv(name, value)
    story = Story()
    for name in ALL:
        story = story.verify(name)
    story = story.then(RolloutEnded(Ending.COMPLETED)).then(WatchBegan("ada", 60.0, 10.0, 30.0))
    watch = story.state.watch
    assert watch is not None
    ill = ServiceDegraded(
        "M05-Payments", watch.began_at, Severity.FAIL, "boot/exited", "M05: api exited with 3"
    )
    state = story.then(ill).state
    with LiveWatch() as live:
        live.watched(state, watch.began_at + 9.0)
    lines = [line.rstrip() for line in CONTROL.sub("", capsys.readouterr().err).splitlines()]
    assert (
        lines[0] == "R-20260504-1 completed, watched for 9.0 s of 1 min 00 s: 5 of 6 well"[:columns]
    )
    assert lines[1].startswith("M05-Payments  9.0 s  ")
    assert lines[2] == "nothing is started or stopped; Ctrl-C ends the watch early"[:columns]
    assert max(map(len, lines)) <= columns
