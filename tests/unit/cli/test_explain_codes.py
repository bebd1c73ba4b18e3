"""Whatever code tierline can print, `tierline explain` has words for."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import resources

import pytest
from click.testing import CliRunner

from tierline.cli.commands.explain import command
from tierline.report.errors import ERRORS

CODE = re.compile(r"[a-z][a-z-]*/[a-z][a-z0-9-]*")
NO_CODES = {"http", "deploy", "application", "contracts", "simulated", "sync"}
"""what stands before the slash in media types, paths and the like"""
VERSION = re.compile(r"[a-z]+/v[0-9]")
"""a version of an API, such as apps/v1"""


def strings() -> set[str]:
    """Every string of the program, but for the table of words itself."""
    found: set[str] = set()
    waiting = [resources.files("tierline")]
    while waiting:
        for entry in waiting.pop().iterdir():
            if entry.is_dir() and entry.name != "templates":
                waiting.append(entry)
            elif entry.name.endswith(".py") and "ERRORS: Final" not in entry.read_text("utf-8"):
                for node in ast.walk(ast.parse(entry.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        found.add(node.value)
    return found


@cache
def codes() -> tuple[str, ...]:
    """Every string of the program that looks like a code."""
    looking = {t for t in strings() if CODE.fullmatch(t) and not VERSION.fullmatch(t)}
    return tuple(sorted(text for text in looking if text.partition("/")[0] not in NO_CODES))


def test_there_are_codes() -> None:
    assert len(codes()) > 200
    assert {"lease/held", "structure/missing-file", "boot/exit"} <= set(codes())


@pytest.mark.parametrize("code", codes())
def test_every_code_is_explained(code: str) -> None:
    told = CliRunner().invoke(command, [code], standalone_mode=False)
    assert told.exception is None, told.exception
    assert told.output.startswith(f"{code}: ")


def test_no_words_are_left_of_codes_that_went() -> None:
    assert ERRORS.keys() - set(codes()) == set()


def test_words_of_errors_are_sentences() -> None:
    assert [code for code, (title, _) in ERRORS.items() if title.endswith(".")] == []
    assert [code for code, (_, fix) in ERRORS.items() if not fix.endswith(".")] == []
