"""Patterns that are compiled late are patterns, every one of them."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

import tierline
from tierline.regex import regex

LATE = type(regex(""))


def late_patterns() -> dict[str, object]:
    names = (one.name for one in walk_packages(tierline.__path__, "tierline."))
    modules = (import_module(name) for name in names if not name.endswith("__main__"))
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, LATE)
    }


def test_every_pattern_of_the_program_can_be_compiled() -> None:
    found = late_patterns()
    assert len(found) > 100
    for name, value in found.items():
        assert callable(getattr(value, "search")), name  # noqa: B009 - its type is private


def test_it_finds_what_a_compiled_pattern_finds() -> None:
    words = regex(r"(?P<first>[a-z])\w*", re.IGNORECASE)
    assert [one["first"] for one in words.finditer("Ab cd")] == ["A", "c"]
    assert words.sub("x", "Ab cd") == "x x"
    assert words.flags & re.IGNORECASE
    assert regex(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_what_is_no_pattern_is_found_when_it_is_used() -> None:
    with pytest.raises(re.error, match="unterminated"):
        regex("(").search("")
