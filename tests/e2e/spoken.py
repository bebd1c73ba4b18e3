"""Follows what a command in the background says until it says what is waited for."""

from __future__ import annotations

import subprocess

import pytest


def until(process: subprocess.Popen[str], *words: str) -> str:
    """Read messages up to a line with all of these words; all that was read."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if all(word in line for word in words):
            return said
    pytest.fail(f"it never said {words!r}: {said}")


def killed_at(process: subprocess.Popen[str], words: str) -> None:
    """End it with SIGKILL as soon as it says these words."""
    until(process, words)
    process.kill()
    process.communicate(timeout=60)
