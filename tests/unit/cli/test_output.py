"""What is printed for people cannot be taken for a command by the machine that keeps the log."""

from __future__ import annotations

import pytest

from tierline.cli import output

LINES = {
    "  ::error::owned": "  ·::error::owned",
    "::add-mask::x": "·::add-mask::x",
    "##[group]x": "·##[group]x",
    "##vso[task.x]y": "·##vso[task.x]y",
    "## Findings": "## Findings",
    "a ::b": "a ::b",
}


@pytest.mark.parametrize("line", LINES)
def test_no_line_begins_as_a_command_of_a_pipeline(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output.show(f"first\n{line}\n")
    output.note(f"first\n{line}")
    told = capsys.readouterr()
    assert told.out.splitlines() == told.err.splitlines() == ["first", LINES[line]]
