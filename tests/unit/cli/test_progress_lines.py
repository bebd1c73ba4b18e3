"""Progress as lines for a log: each change once, without what the report says again."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

from rollouts import ROLLOUT, SHOP, Story, held_by_payments
from tierline.cli.progress import Lines
from tierline.plan.model import Checkpoint
from tierline.rollout.events import (
    Action,
    CheckpointReached,
    Command,
    CommandAccepted,
    Judged,
    LeaseAcquired,
)


def test_each_change_is_a_line_and_its_reason_is_cleaned() -> None:
    stream, story = StringIO(), Story()
    lines = Lines(stream)
    lines.happened((), story.state, story.now)
    story.start("M80-Event-Bus")
    lines.happened((), story.state, story.now)
    story.judge("M80-Event-Bus", Judged.FAILED, "boot/exit", "died \x1b[31m")
    lines.happened((), story.state, story.now)
    assert stream.getvalue() == "   1.5 s  failed     M80-Event-Bus  died \\x1b[31m\n"


def test_what_was_so_before_is_counted_when_a_rollout_goes_on() -> None:
    stream, state = StringIO(), held_by_payments()
    Lines(stream).happened((LeaseAcquired("ada", 2),), state, state.requested_at + 9)
    assert stream.getvalue().splitlines() == [
        f"{ROLLOUT}: goes on from 3 verified, 1 failed, 2 held",
        f"{ROLLOUT}: conducted by ada, lease 2",
    ]


def test_a_check_of_what_runs_is_not_called_a_start() -> None:
    stream, story = StringIO(), Story()
    lines = Lines(stream)
    lines.happened((), story.state, story.now)
    story.start("M80-Event-Bus", Action.CHECK)
    lines.happened((), story.state, story.now)
    assert stream.getvalue() == ""


def test_sight_is_worth_a_line_after_it_was_lost() -> None:
    stream = StringIO()
    lines = Lines(stream)
    lines.in_sight()
    lines.lost_sight("gone")
    lines.in_sight()
    assert [line.strip() for line in stream.getvalue().splitlines()] == [
        "lost sight of the target: gone; nothing starts until it is back",
        "the target is in sight again",
    ]


def test_a_checkpoint_is_told_once_with_the_way_on() -> None:
    stream = StringIO()
    story = Story(replace(SHOP, checkpoint=Checkpoint.TIER))
    lines = Lines(stream)
    lines.happened((), story.state, story.now)
    story.verify("M80-Event-Bus").then(CheckpointReached("t0"))
    lines.happened((), story.state, story.now)
    lines.happened((), story.state, story.now + 60)
    resumed = CommandAccepted(1, Command.RESUME, "ada", passes="t0")
    lines.happened((resumed,), story.then(resumed).state, story.now)
    assert stream.getvalue().splitlines() == [
        "   2.0 s  verified   M80-Event-Bus",
        "   2.0 s  waits at the checkpoint after tier 0 (1 service verified); go on: tierline resume",
        "   2.5 s  resume, asked by ada; passes the checkpoint after tier 0",
    ]
