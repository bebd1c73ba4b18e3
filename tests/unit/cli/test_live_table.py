"""The live table on terminals of several sizes: it fits, and says what moves and what waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from rollouts import SHOP, Story, held_by_payments
from tierline.cli.live import LiveTable
from tierline.plan.model import Checkpoint
from tierline.rollout.events import CheckpointReached, Command
from tierline.rollout.state import State
from tierline.targets.protocol import Prepared

Show = Callable[..., list[str]]
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Show:
    def show(state: State | None, columns: int = 80, lines: int = 24) -> list[str]:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", str(lines))
        with LiveTable() as live:
            if state is not None:
                live.happened((), state, state.requested_at + 9.0)
        return [line.rstrip() for line in CONTROL.sub("", capsys.readouterr().err).splitlines()]

    return show


def test_it_opens_before_anything_happened(shown: Show) -> None:
    assert [line for line in shown(None) if line] == []


def test_a_failure_is_told_once_and_whom_it_holds_in_few_words(shown: Show) -> None:
    lines = shown(held_by_payments(), 100)
    assert lines[0].startswith("R-20260504-1 held ━")
    assert "3 of 6 verified, 1 failed, 2 held" in lines[0]
    assert lines[1:7] == [
        "✓ M80-Event-Bus verified",
        "✓ M01-Accounts  verified",
        "✗ M05-Payments  failed    exited with code 3 after 0.2 s: no such table: ledger",
        "‖ M02-Audit     held      waits for M05",
        "‖ M20-Orders    held      waits for M05",
        "✓ M30-Search    verified",
    ]


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(shown: Show, columns: int) -> None:
    lines = shown(held_by_payments(), columns)
    assert max(map(len, lines)) <= columns
    assert any("M05-Paym" in line and "failed" in line for line in lines)


def test_nothing_starts_before_all_are_built_and_every_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    state = Story().state
    with LiveTable() as live:
        live.preparing(6)
        live.prepared(Prepared("M80-Event-Bus", ok=True))
        live.happened((), state, state.requested_at)
    lines = CONTROL.sub("", capsys.readouterr().err).splitlines()
    assert "built 1 of 6" in lines[0]
    assert sum("pending   waits until all are built" in line for line in lines) == 6


def test_a_low_terminal_shows_what_fails_first(shown: Show) -> None:
    lines = shown(held_by_payments(), lines=10)
    assert lines[1].startswith("✗ M05-Payments")
    assert any("and 1 more" in line for line in lines)


def test_a_hold_says_what_it_waits_for(shown: Show) -> None:
    story = Story().verify("M80-Event-Bus").start("M01-Accounts").ask(Command.HOLD)
    lines = shown(story.state)
    assert any(line.startswith("◌ M01-Accounts  verifying 6.5 s of at most") for line in lines)
    assert "holding: what is on its way is seen through" in lines


def test_a_checkpoint_says_how_to_go_on(shown: Show) -> None:
    story = Story(replace(SHOP, checkpoint=Checkpoint.TIER)).verify("M80-Event-Bus")
    lines = shown(story.then(CheckpointReached("t0")).state)
    assert "waits at the checkpoint after tier 0 (1 service verified)" in lines
    assert "go on, from another terminal: tierline resume; Ctrl-C holds" in lines
    assert any(
        line.startswith("· M01-Accounts  pending   waits at the checkpoint") for line in lines
    )
