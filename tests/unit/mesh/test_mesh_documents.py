"""Documents for people: what is taken out of several layouts, and what is said not to be understood."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tierline.mesh.lifecycle_rules import read_lifecycle_rules
from tierline.mesh.local_dev import parse_local_dev
from tierline.mesh.scripts_guide import Script, parse_scripts_guide

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/mesh/documents.yaml").read_text(encoding="utf-8")
)
PARTS = ("purpose", "arguments", "prerequisites", "reads", "writes", "usage")


def named(case: dict[str, object]) -> str:
    return str(case["name"])


def texts(statements: object) -> list[str]:
    return [one.text for one in statements]  # pyright: ignore - whatever has texts


def told(script: Script) -> dict[str, object]:
    parts = {part: texts(getattr(script, part)) for part in PARTS}
    return {"line": script.place.line, **{part: found for part, found in parts.items() if found}}


@pytest.mark.parametrize("case", CASES["scripts"], ids=named)
def test_a_guide_to_scripts(case):
    known = frozenset(case.get("known", ()))
    guide, defects = parse_scripts_guide(case["text"].encode(), "README.md", known)
    assert guide is not None and defects == ()
    assert {one.name: told(one) for one in guide.scripts} == case["scripts"]
    assert texts(guide.notes) == case.get("notes", [])
    assert texts(guide.prerequisites) == case.get("prerequisites", [])
    assert [place.line for place in guide.not_understood] == case.get("lost", [])


@pytest.mark.parametrize("case", CASES["local_dev"], ids=named)
def test_a_local_guide(case):
    guide, defects = parse_local_dev(case["text"].encode(), "local-dev.md")
    assert guide is not None and defects == ()
    if "commands" in case:
        found = [[c.text, c.about, c.section, c.place.line] for c in guide.commands]
        assert found == case["commands"]
    for part in ("variables", "ports", "infrastructure"):
        assert [one.name for one in getattr(guide, part)] == case.get(part, [])
    assert texts(guide.prerequisites) == case.get("prerequisites", [])
    if "statements" in case:
        assert texts(guide.statements) == case["statements"]


@pytest.mark.parametrize("case", CASES["lifecycle"], ids=named)
def test_rules_of_a_life_cycle(case):
    rules = read_lifecycle_rules(case["text"].encode(), "service-lifecycle.md")
    assert {rule.state: texts(rule.takes) for rule in rules} == case["rules"]


@pytest.mark.parametrize("content", [b"\xff", b"\x00", b"x" * (300 * 1024)])
def test_what_is_no_document_is_a_defect(content: bytes):
    for value, defects in (
        parse_scripts_guide(content, "f", frozenset()),
        parse_local_dev(content, "f"),
    ):
        assert value is None
        assert len(defects) == 1
    assert read_lifecycle_rules(content, "f") == ()


@pytest.mark.parametrize(
    "text",
    [
        "- " * 4000,
        "> " * 4000,
        "`" * 20000,
        "[" * 20000,
        "*a " * 9000,
        "|a" * 9000 + "\n" + "|-" * 9000,
    ],
)
def test_strange_markup_is_read_in_bounded_time(text: str):
    guide, _ = parse_scripts_guide(text.encode(), "f", frozenset())
    assert guide is not None
    assert all(len(note.text) <= 400 for note in guide.notes)
