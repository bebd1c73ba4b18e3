"""Unquoted scalars as Kubernetes reads them: the core words and numbers of YAML 1.1."""

from __future__ import annotations

import pytest

from tierline.mesh.node import Scalar
from tierline.readiness.manifests.scalars import integer_of, is_false, is_true, read_as


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "nothing"), ("~", "nothing"), ("null", "nothing"),
        ("true", "boolean"), ("Yes", "boolean"), ("OFF", "boolean"), ("y", "boolean"), ("n", "boolean"),
        ("yES", "text"), ("tRue", "text"),
        ("0", "integer"), ("-7", "integer"), ("0644", "integer"), ("0x1F", "integer"),
        ("0b101", "integer"), ("1_000", "integer"), ("0o17", "integer"),
        ("1.5", "number"), (".5", "number"), ("1e3", "number"), ("0899", "number"), (".inf", "number"),
        ("0o", "text"), ("0x_", "text"), ("0b", "text"), ("22:22", "text"), ("2024-01-01", "text"), ("1.2.3", "text"), ("-", "text"), ("+", "text"),
        (".", "text"), ("128Mi", "text"), ("1" * 41, "text"),
    ],
)  # fmt: skip
def test_what_a_plain_scalar_is(text: str, kind: str) -> None:
    assert read_as(Scalar(1, 1, text, plain=True)) == kind
    assert read_as(Scalar(1, 1, text, plain=False)) == "text"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0644", 420),
        ("-010", -8),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("0o17", 15),
        ("0", 0),
    ],
)
def test_the_value_of_an_integer(text: str, value: int) -> None:
    assert integer_of(text) == value


def test_true_and_false() -> None:
    on, off, quoted = (
        Scalar(1, 1, t, plain=p) for t, p in (("on", True), ("off", True), ("on", False))
    )
    assert (is_true(on), is_true(off), is_true(quoted), is_true(None)) == (
        True,
        False,
        False,
        False,
    )
    assert (is_false(off), is_false(on), is_false(None)) == (True, False, False)
