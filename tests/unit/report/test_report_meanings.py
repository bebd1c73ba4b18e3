"""Every code that a rollout can give has words."""

from __future__ import annotations

import ast
import re
from importlib import resources

import pytest

from tierline.facts.decision import Severity
from tierline.ledger import derive
from tierline.readiness.codes import CODES
from tierline.readiness.explain import explain
from tierline.report.meanings import ROLLOUT_CODES
from tierline.rollout.state import Kind

NAMES = {row.code for row in ROLLOUT_CODES}


def codes_of_conditions() -> set[str]:
    found: set[str] = set()
    folder = resources.files("tierline.verification").joinpath("conditions")
    for file in folder.iterdir():
        if not file.name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                gate, _, slug = node.value.partition("/")
                if slug and gate.isalpha() and slug.replace("-", "").isalpha():
                    found.add(node.value)
    return found


def test_every_condition_of_verification_has_words() -> None:
    codes = codes_of_conditions()
    assert "boot/exit" in codes
    assert codes - NAMES == set()


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_block_has_words(kind: Kind) -> None:
    assert f"blocked/{kind}" in NAMES


def test_every_issue_has_words() -> None:
    assert {derive.UNVERIFIED, derive.UNKNOWN_CAUSE} <= NAMES
    assert derive.ASSUMED in CODES


def test_no_code_means_two_things() -> None:
    assert NAMES & CODES.keys() == set()
    assert len(NAMES) == len(ROLLOUT_CODES)


def test_words_are_whole_sentences_for_all_that_is_not_well() -> None:
    ill = [row for row in ROLLOUT_CODES if Severity.OK not in row.severities]
    assert len(ill) > 40
    assert [row.code for row in ill if not row.why.endswith(".")] == []
    assert [row.code for row in ill if not row.fix.endswith(".")] == []


def test_explain_tells_them() -> None:
    text = explain("health/foreign", ROLLOUT_CODES)
    assert "does not belong to the service answers on its port" in text
    assert "End that process" in text


def test_every_way_in_which_a_build_fails_has_words() -> None:
    sources = resources.files("tierline.targets.local")
    given = {
        code
        for file in sources.iterdir()
        if file.name.endswith(".py")
        for code in re.findall(r'"(build/[a-z-]+)"', file.read_text(encoding="utf-8"))
    }
    assert "build/failed" in given
    assert given - NAMES == set()
