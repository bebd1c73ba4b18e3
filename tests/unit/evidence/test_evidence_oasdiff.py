"""oasdiff is asked where it is installed: where it and we differ, and what it cannot do to us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from made.openapi_files import openapi_changes, text_of
from tierline.contracts.change import Change, Side, broken, undecided
from tierline.contracts.opinion import Opinion, with_opinion
from tierline.evidence.oasdiff import opinions
from tierline.facts.reference import ContractsThen, Reference
from tierline.mesh.tree import Entry, Kind, Tree

_CASES = Path(__file__).parents[2] / "cases" / "contracts"
CASES: list[dict[str, Any]] = yaml.safe_load((_CASES / "openapi.yaml").read_text(encoding="utf-8"))
DIFFER: dict[str, list[str]] = yaml.safe_load((_CASES / "oasdiff.yaml").read_text(encoding="utf-8"))
API = "contracts/openapi/made.yaml"
OLD, NEW = {"send": {"type": "number"}}, {"send": {"type": "string"}}


def tree(content: bytes) -> Tree:
    return Tree("mesh", {API: Entry(Kind.FILE, len(content), content)})


def asked(root: Path, old: dict[str, Any], new: dict[str, Any]) -> Opinion | None:
    then = ContractsThen(Reference("main", "c" * 40, "x"), tree(text_of(old)))
    return opinions(root, tree(text_of(new)), then).get(API)


def verdict(changes: tuple[Change, ...]) -> str:
    if Side.CONSUMER in broken(changes):
        return "breaks"
    return "unknown" if Side.CONSUMER in undecided(changes) else "safe"


def program(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "oasdiff"
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return folder


@pytest.mark.required("oasdiff")
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_both_say_the_same_but_for_a_table(case: dict[str, Any], tmp_path: Path) -> None:
    ours = openapi_changes(case["old"], case["new"])
    opinion = asked(tmp_path, case["old"], case["new"])
    said = "safe"
    if opinion is not None:
        said = "no answer" if opinion.trouble else verdict(opinion.changes)
        ranks = ["safe", "unknown", "breaks"]
        both = verdict(with_opinion(ours, opinion))
        assert both == max((verdict(ours), verdict(opinion.changes)), key=ranks.index)
    same = verdict(ours)
    assert [same, said] == DIFFER.get(case["name"], [same, same])


@pytest.mark.required("oasdiff")
def test_its_changes_have_places_and_its_version(tmp_path: Path) -> None:
    opinion = asked(tmp_path, OLD, NEW)
    assert opinion is not None
    (change,) = opinion.changes
    assert opinion.by == "oasdiff 1.36.0"
    assert change.subject == "POST /things/{id}"
    assert change.message.endswith("(oasdiff 1.36.0: request-body-type-changed)")
    assert change.new is not None
    assert (change.new.place.path, change.new.place.line) == (f"mesh/{API}", 15)


def test_where_it_is_not_installed_nobody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert asked(tmp_path / "mesh", OLD, NEW) is None


def test_a_program_of_the_mesh_is_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = program(tmp_path / "bin", f"touch {tmp_path}/ran")
    monkeypatch.setenv("PATH", f"{folder}:bin")
    assert asked(tmp_path, OLD, NEW) is None
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("echo 'no idea' >&2; exit 7", "no idea"),
        ("exit 7", "it ended with 7"),
        ("echo nonsense", "its answer is not JSON"),
        ("echo '{}'", "its answer is not a list"),
    ],
)
def test_an_answer_that_is_none_is_said_so(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', text)}:/usr/bin:/bin")
    opinion = asked(tmp_path / "mesh", OLD, NEW)
    assert opinion is not None
    assert (opinion.trouble, opinion.changes) == (told, ())
