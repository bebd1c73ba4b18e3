"""The cases of tests/cases/boundaries.yaml: contracts of what runs and of candidates -> the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tierline.boundary.can_roll import CanRoll, can_roll
from tierline.boundary.judge import Gathered, matrix_of
from tierline.boundary.shipment import Shipment
from tierline.mesh.tree import Entry, Kind

_FILE = Path(__file__).parents[2] / "cases" / "boundaries.yaml"
_TOLD: dict[str, Any] = yaml.safe_load(_FILE.read_text())
CASES: list[dict[str, Any]] = _TOLD["cases"]


def _path(name: str) -> str:
    return f"contracts/events/{name}.json"


def _shipment(name: str, told: Mapping[str, Any], version: str, owners: list[str]) -> Shipment:
    files = [
        {_path(path): digest for path, digest in told.get(kind, {}).items()}
        for kind in ("provides", "consumes", "uses")
    ]
    return Shipment(name, version, *files, tuple(owners), "", told.get("code", ""))  # type: ignore[arg-type]


def _answer(case: Mapping[str, Any]) -> CanRoll:
    candidate: dict[str, Shipment] = {}
    running: dict[str, Shipment | str] = {}
    owners: dict[str, list[str]] = {}
    for name, told in case["services"].items():
        read = told.get("owners", [])
        owners[name] = read
        if told.get("running") == "lost":
            running[name] = f"what {name} runs was not kept"
        elif "running" in told:
            running[name] = _shipment(name, told["running"], "old", read)
        would = told.get("candidate")
        version = "old" if would is None else "new"
        candidate[name] = _shipment(
            name, told.get("running", {}) if would is None else would, version, read
        )
    contents: dict[str, Entry] = {}
    for name, schema in _TOLD["documents"].items():
        text = json.dumps({"event_type": "e", "payload_schema": schema}).encode()
        contents[name] = Entry(Kind.FILE, len(text), text)
    former: dict[str, dict[str, Shipment | str]] = {
        name: {
            f"before-{number}": f"the contracts of {name} were not kept"
            if one == "lost"
            else _shipment(name, one, f"before-{number}", owners[name])
            for number, one in enumerate(told["former"], 1)
        }
        for name, told in case["services"].items()
        if "former" in told
    }
    gathered = Gathered(candidate, running, dict.fromkeys(running, "old"), contents, former=former)
    together = frozenset(case.get("together", ()))
    matrix = matrix_of(gathered, ties=case.get("ties", True))
    return can_roll(
        matrix,
        case["asked"],
        {n: tuple(all_) for n, all_ in owners.items()},
        (together,) if together else (),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_answer_is_as_the_case_says(case: dict[str, Any]) -> None:
    answer = _answer(case)
    refused = [
        f"{one.why} {one.boundary.provider} {one.boundary.consumer}" for one in answer.order.refused
    ]
    assert {
        "means": answer.means,
        "decision": answer.decision,
        "set": list(answer.closed.services),
        "order": {name: list(before) for name, before in answer.order.after.items()},
        "refused": refused,
        "lost": [f"{one.boundary.consumer} {one.revision}" for one in answer.lost],
    } == {
        "means": case["means"],
        "decision": case["decision"],
        "set": case.get("services_in_set", case["asked"]),
        "order": case.get("order", {}),
        "refused": case.get("refused", []),
        "lost": case.get("lost", []),
    }
    if "judged_by" in case:
        assert case["judged_by"] in {row.judgement.basis for row in answer.rows}
