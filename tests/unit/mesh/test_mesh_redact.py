"""Nothing that looks like a secret is shown, and addresses still are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tierline.mesh.redact import (
    HIDDEN,
    references,
    shown_image,
    shown_path,
    shown_value,
    without_secrets,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/mesh/redact.yaml").read_text(encoding="utf-8")
)
SHOW: dict[str, Callable[[dict[str, str]], str]] = {
    "values": lambda case: shown_value(case["key"], case["value"]),
    "images": lambda case: shown_image(case["value"]),
    "texts": lambda case: without_secrets(case["value"]),
}


@pytest.mark.parametrize(
    ("kind", "case"), [(kind, case) for kind in SHOW for case in CASES[kind]], ids=str
)
def test_what_is_shown(kind: str, case: dict[str, str]):
    shown = SHOW[kind](case)
    if "shown" in case:
        assert shown == case["shown"]
    assert [secret for secret in case.get("hidden", ()) if secret in shown] == []


def test_variables_of_a_value_and_whether_they_have_a_default():
    assert references("${A}:${B:-x}${C-y}$D${A:-z}") == (
        ("A", False),
        ("B", True),
        ("C", True),
        ("D", False),
    )


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/healthz?token=x", "/healthz"), ("", ""), ("/a b", HIDDEN), ("/{x}", HIDDEN)],
)
def test_the_path_of_a_probe(path: str, shown: str):
    assert shown_path(path) == shown


passwords = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=20).map(
    "zz".__add__
)


@given(passwords, st.sampled_from(["postgres", "redis", "amqp", "https"]), st.integers(1, 65535))
def test_a_password_in_an_address_is_never_shown(password: str, scheme: str, port: int):
    address = f"{scheme}://name:{password}@host.example.org:{port}/db?sslpassword={password}"
    for shown in (shown_value("x_url", address), without_secrets(f"use {address} there")):
        assert password not in shown
        assert "host.example.org" in shown


@given(st.text(max_size=200))
def test_any_text_can_be_asked_for(text: str):
    shown_value("key", text)
    shown_image(text)
    shown_path(text)
    without_secrets(text)
