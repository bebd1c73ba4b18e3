"""A generated mesh of the size and oddities seen in the wild plans, rehearses and reports as designed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mesh_generator import Shape, generate

SHAPE = Shape(services=49, edges=34, externals=14, inversions=1)
Document = dict[str, Any]


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wild")
    generate(folder, SHAPE)
    return folder


@pytest.fixture(scope="module")
def plan(wild: Path) -> Document:
    return json.loads(run(wild, "plan", "--format", "json"))


@pytest.fixture(scope="module")
def report(wild: Path) -> Document:
    return json.loads(run(wild, "rollout", "--yes", "--target", "simulated", "--format", "json"))


def run(folder: Path, *arguments: str, expected: int = 0) -> str:
    """What a command prints on stdout; it needs no state."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "TIERLINE_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tierline", *arguments],
        cwd=folder,
        env={**environ, "HOME": str(folder / "home")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expected, done.stderr + done.stdout
    return done.stdout


def assert_valid(document: Document, schema: str) -> None:
    text = (files("tierline.report") / "schemas" / f"{schema}.json").read_text()
    errors = list(Draft202012Validator(json.loads(text)).iter_errors(document))
    assert errors == []


def edges(plan: Document) -> Iterator[tuple[str, str]]:
    return ((o, s["service_id"]) for s in plan["services"] for o in s["owners"])


def test_the_plan_holds_every_service_and_edge(plan: Document) -> None:
    assert_valid(plan, "plan-1")
    assert plan["decision"] == "GO"
    assert plan["blockers"] == []
    assert len({service["service_id"] for service in plan["services"]}) == 49
    assert len(list(edges(plan))) == 34
    assert len({e for service in plan["services"] for e in service["externals"]}) == 14


def test_the_inversion_is_overruled_with_its_reason(plan: Document) -> None:
    (overruled,) = plan["overruled"]
    services = {service["service_id"]: service for service in plan["services"]}
    moved, owner = services[overruled["service_id"]], services[overruled["because"]]
    assert owner["service_id"] in moved["owners"]
    assert moved["tier"] < moved["effective_tier"] == owner["effective_tier"]
    others = (s for s in plan["services"] if s is not moved)
    assert all(s["tier"] == s["effective_tier"] for s in others)


def test_batches_come_in_an_order_that_owners_and_tiers_allow(plan: Document) -> None:
    listed = [name for batch in plan["batches"] for name in batch["services"]]
    assert sorted(listed) == sorted(service["service_id"] for service in plan["services"])
    places = {name: n for n, batch in enumerate(plan["batches"]) for name in batch["services"]}
    assert all(places[owner] < places[dependent] for owner, dependent in edges(plan))
    tiers = [batch["effective_tier"] for batch in plan["batches"]]
    assert tiers == sorted(tiers)


def test_the_text_names_what_is_odd(wild: Path, plan: Document) -> None:
    text = run(wild, "plan")
    moved = plan["overruled"][0]["service_id"]
    assert f"{moved}: declared tier 0, starts in tier 1" in text
    externals = {e for service in plan["services"] for e in service["externals"]}
    assert [name for name in externals if name not in text] == []


def test_the_rehearsal_ends_go_in_a_safe_order(plan: Document, report: Document) -> None:
    assert_valid(report, "report-1")
    assert (report["decision"], report["state"]) == ("GO", "completed")
    assert {service["state"] for service in report["services"]} == {"verified"}
    place = {name: n for n, name in enumerate(report["order"])}
    assert len(place) == 49
    assert all(place[owner] < place[dependent] for owner, dependent in edges(plan))


def test_the_same_mesh_gives_the_same_plan(wild: Path, plan: Document) -> None:
    again = json.loads(run(wild, "plan", "--format", "json"))
    assert again["digest"] == plan["digest"]


def test_check_of_it_is_go(wild: Path) -> None:
    document = json.loads(run(wild, "check", "--format", "json"))
    assert_valid(document, "check-1")
    assert document["decision"] == "GO"
    assert [f["code"] for f in document["findings"] if f["status"] == "fail"] == []
