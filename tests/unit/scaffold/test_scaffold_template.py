"""References in templates."""

from __future__ import annotations

import pytest

from tierline.scaffold.template import filled, templates


def test_a_reference_in_a_line_is_replaced() -> None:
    assert filled("name: @{name}-x\n", {"name": "a"}) == "name: a-x\n"


def test_a_line_that_is_only_a_reference_vanishes_with_an_empty_value() -> None:
    assert filled("a\n@{more}\nb\n", {"more": ""}) == "a\nb\n"
    assert filled("a\n@{more}\nb\n", {"more": "x\ny"}) == "a\nx\ny\nb\n"


def test_dollars_and_other_at_signs_stand_for_themselves() -> None:
    text = "${VAR} $(MESH) a@b @x {y}\n"
    assert filled(text, {}) == text


def test_a_reference_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled("@{nobody}", {})


def test_templates_come_in_order_with_their_dots() -> None:
    paths = [path for path, _ in templates("demo")]
    assert ".env.example" in paths
    assert not any("__pycache__" in path or "dot-" in path for path in paths)
    assert paths.index("README.md") < paths.index("docs/local-dev.md")
