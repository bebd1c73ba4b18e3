"""Follows what a command in the background says until it says what is waited for."""

from __future__ import annotations

import subprocess

import pytest


def until(process: subprocess.Popen[str], words: str) -> str:
    """Read messages up to a line with these words; all that was read."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    pytest.fail(f"it never said {words!r}: {said}")
