"""Every code that a rollout can give has words."""

from __future__ import annotations

import ast
from importlib import resources

import pytest

from tierline.ledger import derive
from tierline.readiness.codes import CODES
from tierline.report.meanings import MEANINGS, meaning
from tierline.rollout.state import Kind

FINE = {"planned", "ok", "running", "reached", "none", "off", "arrived", "good"}
"""slugs of conditions that hold: nobody asks what they mean"""


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
    told = {code for code in codes if code.partition("/")[2] not in FINE}
    assert told - MEANINGS.keys() == set()


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_block_has_words(kind: Kind) -> None:
    assert f"blocked/{kind}" in MEANINGS


def test_every_issue_has_words() -> None:
    assert {derive.UNVERIFIED, derive.UNKNOWN_CAUSE} <= MEANINGS.keys()
    assert derive.ASSUMED in CODES


def test_no_code_means_two_things() -> None:
    assert MEANINGS.keys() & CODES.keys() == set()


def test_words_are_whole_sentences() -> None:
    text = meaning("health/foreign")
    assert text is not None
    assert text.startswith("health/foreign: Somebody else answers on its port\n\n")
    assert meaning("structure/missing-file") is None
    assert [row.code for row in MEANINGS.values() if not row.why.endswith(".")] == []
    assert [row.code for row in MEANINGS.values() if not row.fix.endswith(".")] == []
