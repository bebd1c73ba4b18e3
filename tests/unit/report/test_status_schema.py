"""The schema of `status` names every state, phase and answer that there is, and no other."""

from __future__ import annotations

import json
from importlib.resources import files

from tierline.facts.evidence import Answer
from tierline.facts.observation import Phase
from tierline.report.running import SCHEMA
from tierline.rollout.state import Status

DOCUMENT = json.loads((files("tierline.report") / "schemas" / "status-1.json").read_text())
PROPERTIES = DOCUMENT["properties"]
INSTANCE = PROPERTIES["instances"]["items"]


def test_it_names_every_state_phase_and_answer() -> None:
    assert set(PROPERTIES["state"]["enum"]) == {*map(str, Status), None}
    assert set(INSTANCE["properties"]["phase"]["enum"]) == set(map(str, Phase))
    assert set(INSTANCE["properties"]["health"]["enum"]) == {*map(str, Answer), ""}


def test_it_is_of_the_document_that_names_it() -> None:
    assert PROPERTIES["schema"]["const"] == SCHEMA


def test_everything_that_it_describes_is_required() -> None:
    assert DOCUMENT["required"] == list(PROPERTIES)
    assert INSTANCE["required"] == list(INSTANCE["properties"])
