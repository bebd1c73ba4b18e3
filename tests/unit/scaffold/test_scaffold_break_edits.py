"""Edits that break a service, on the text of its files."""

from __future__ import annotations

import ast

import pytest

from tierline.scaffold.break_edits import GO_EDITS, PYTHON_EDITS, Edit, edited
from tierline.scaffold.template import templates

MAIN = dict(templates("service-python"))["cmd/api/main.py"]
VALUES = {"owner": "M01-Authentication-Service", "service": "M02-Profile-Service"}
PROGRAMS = [
    mode
    for mode, edit in PYTHON_EDITS.items()
    if edit.file == "cmd/api/main.py" and mode != "build"
]


def test_both_languages_have_the_same_modes() -> None:
    assert PYTHON_EDITS.keys() == GO_EDITS.keys()


@pytest.mark.parametrize("mode", PROGRAMS)
def test_an_edited_program_is_a_program(mode: str) -> None:
    changed = edited(MAIN, PYTHON_EDITS[mode], VALUES)
    assert changed is not None
    assert changed != MAIN
    assert "@owner@" not in changed
    assert "@service@" not in changed
    ast.parse(changed)


def test_the_build_break_is_no_program() -> None:
    changed = edited(MAIN, PYTHON_EDITS["build"], VALUES)
    assert changed is not None
    with pytest.raises(SyntaxError):
        ast.parse(changed)


def test_an_import_that_is_there_is_not_added_again() -> None:
    edit = Edit("cmd/api/main.py", "^x\n", "y\n", ("time",))
    once = "import sys\nimport time\nx\n"
    assert edited(once, edit, {}) == "import sys\nimport time\ny\n"


def test_an_edit_without_its_place_is_none() -> None:
    assert edited("def main():\n    pass\n", PYTHON_EDITS["health"], VALUES) is None


def test_an_edit_with_two_places_is_none_unless_it_is_meant_for_all() -> None:
    assert edited("a\na\n", Edit("f", "^a$", "b"), {}) is None
    assert edited("a\na\n", Edit("f", "^a$", "b", everywhere=True), {}) == "b\nb\n"
