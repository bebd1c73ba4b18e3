"""A plan file that is not what was reviewed: refused, with what is wrong, before anything starts."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.cli.shop import Shop, make_shop
from tierline.scaffold.breaks import break_service

Document = dict[str, Any]


def edited(change: Callable[[Document], object]) -> Callable[[str], str]:
    def apply(text: str) -> str:
        document = json.loads(text)
        change(document)
        return json.dumps(document)

    return apply


SPOILT: list[tuple[str, Callable[[str], str]]] = [
    ("truncated", lambda text: text[: len(text) // 2]),
    ("empty", lambda _: ""),
    ("a list", lambda _: "[]"),
    ("a number", lambda _: "1" * 10_000),
    ("deep", lambda _: "[" * 100_000),
    ("not a number", edited(lambda d: d.update(bound_seconds=float("nan")))),
    ("another schema", edited(lambda d: d.update(schema="tierline/plan/2"))),
    ("no schema", edited(lambda d: d.pop("schema"))),
    ("no digest", edited(lambda d: d.pop("digest"))),
    ("another digest", edited(lambda d: d.update(digest="0" * 64))),
    ("digest of a type", edited(lambda d: d.update(digest=3))),
    ("decided by hand", edited(lambda d: d.update(decision="NO-GO"))),
    ("an owner less", edited(lambda d: d["services"][-1].update(owners=[]))),
    ("an unknown owner", edited(lambda d: d["services"][-1].update(owners=["M99-X"]))),
    ("a string for a list", edited(lambda d: d["services"][-1].update(owners="M01"))),
    ("a service less", edited(lambda d: d["services"].pop())),
    ("a service twice", edited(lambda d: d["services"].append(d["services"][0]))),
    ("no services", edited(lambda d: d.update(services=[]))),
    ("services of a type", edited(lambda d: d.update(services={"a": 1}))),
    ("another environment", edited(lambda d: d.update(environment="\x1b[31mlocal"))),
    ("one more key", edited(lambda d: d["services"][0].update(more=1))),
    ("a path for a name", edited(lambda d: d["services"][0].update(service_id="../../etc"))),
    ("a reversed name", edited(lambda d: d["services"][0].update(service_id="M01-\u202ex"))),
    ("another batch", edited(lambda d: d["batches"][0].update(services=[]))),
    ("another command", edited(lambda d: _first_workload(d).append("rm"))),
]


def _first_workload(document: Document) -> list[str]:
    argv = document["services"][0].setdefault("argv", {})
    return argv.setdefault("api", [])


@pytest.fixture(scope="module")
def reviewed(template: Path) -> Iterator[str]:
    """A plan of the whole mesh; copies of one mesh have the same."""
    with tempfile.TemporaryDirectory() as base:
        yield make_shop(template, Path(base)).tell("plan", "--format", "json").out


@pytest.mark.parametrize(("name", "spoil"), SPOILT, ids=[name for name, _ in SPOILT])
def test_a_spoilt_plan_is_refused(
    shop: Shop, reviewed: str, name: str, spoil: Callable[[str], str]
) -> None:
    file = shop.folder / "release.json"
    assert spoil(reviewed) != reviewed
    file.write_text(spoil(reviewed))
    told = shop.tell("rollout", "release.json", "--yes", "--format", "json")
    assert (told.code, told.out) == (2, ""), told.err
    assert "plan/" in told.err
    assert "fix: " in told.err
    assert "release.json: " in told.err


def test_a_plan_that_is_no_text_or_far_too_large_is_refused(shop: Shop) -> None:
    file = shop.folder / "release.json"
    file.write_bytes(b"\xff\xfe\x00")
    assert shop.tell("rollout", "release.json", "--yes").code == 2
    with file.open("wb") as sparse:
        sparse.truncate(100 << 20)
    told = shop.tell("rollout", "release.json", "--yes")
    assert (told.code, "plan/too-large" in told.err) == (2, True)


def test_a_plan_of_what_has_moved_since_is_refused_with_what_moved(shop: Shop) -> None:
    assert shop.tell("plan", "-o", "release.json").code == 0
    break_service(shop.folder, "M05", "health")
    told = shop.tell("rollout", "release.json", "--yes")
    assert told.code == 2
    assert "plan/moved" in told.err
    assert "M05-Partner-Directory-Service" in told.err
    assert "tierline plan -o release.json" in told.err


def test_a_plan_of_another_mesh_is_refused(shop: Shop) -> None:
    assert shop.tell("plan", "M11", "-o", "release.json").code == 0
    index = shop.mesh / "services/services-index.yaml"
    text = index.read_text()
    index.write_text(text.replace("M11-Settings-Registry-Service", "M11-Sett-Service"))
    told = shop.tell("rollout", "release.json", "--yes")
    assert told.code == 2
    assert "M11-Settings-Registry-Service" in told.err


def test_a_plan_for_another_environment_is_refused(shop: Shop) -> None:
    policy = shop.folder / "policy.toml"
    policy.write_text('version = 1\n[environments.lab]\nkind = "local"\ntarget = "local"\n')
    place = ("--env", "lab", "--policy", "policy.toml")
    assert shop.tell("plan", *place, "-o", "release.json").code == 0
    told = shop.tell("rollout", "release.json", "--yes")
    assert (told.code, "lab" in told.err) == (2, True)


def test_the_plan_that_was_reviewed_is_carried_out(shop: Shop) -> None:
    simulated = ("--target", "simulated")
    assert shop.tell("plan", *simulated, "-o", "release.json").code == 0
    told = shop.tell("rollout", "release.json", "--yes", "--format", "json", *simulated)
    plan = json.loads((shop.folder / "release.json").read_text())
    assert (told.code, told.document["plan_digest"]) == (0, plan["digest"])


def test_a_folder_or_a_missing_file_is_no_plan(shop: Shop) -> None:
    for name in ("mesh", "absent.json", "./absent.json"):
        told = shop.tell("rollout", name, "--yes")
        assert (told.code, told.out) == (2, ""), told.err
