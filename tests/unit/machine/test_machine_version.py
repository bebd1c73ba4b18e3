"""Versions as tools print them, and as modules ask for them."""

from __future__ import annotations

import pytest

from tierline.machine.version import at_least, is_older, numbers


@pytest.mark.parametrize(
    ("one", "other", "older"),
    [
        ("1.22.5", "1.24", True),
        ("1.24", "1.24.0", False),
        ("1.26rc1", "1.26", False),
        ("go1.9", "go1.10", True),
        ("", "1.24", False),
        ("2.40.1", "2.40.2", True),
    ],
)
def test_versions_are_compared_number_by_number(one: str, other: str, older: bool) -> None:
    assert is_older(one, other) is older


def test_versions_are_read_out_of_what_tools_print() -> None:
    assert numbers("go version go1.26.3 linux/amd64") == (1, 26, 3)
    assert numbers("nothing") == ()
    assert at_least(">=3.11,<4") == "3.11"
    assert at_least("^3.10") == "3.10"
    assert at_least("*") == ""
