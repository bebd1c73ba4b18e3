"""A rollout notes what it released, and contracts are compared with that from then on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from e2e.rollout.field import Field
from unit.evidence.test_evidence_git import commit, run

EVENT = "contracts/events/user.signed_in.json"
SERVICE = "M11"
"""it has no owners"""


def renamed(mesh: Path, name: str) -> str:
    """The event with another name for the field that every writer sends."""
    document = json.loads((mesh / EVENT).read_text())
    schema = document["payload_schema"]
    was = schema["required"][-1]
    schema["properties"][name] = schema["properties"].pop(was)
    schema["required"][-1] = name
    return json.dumps(document, indent=2)


def checked(field: Field) -> tuple[dict[str, str], set[str]]:
    """What contracts are compared with, and what is found."""
    done = field.run("check", "--gate", "event-breaking", "--format", "json")
    document: dict[str, Any] = json.loads(done.stdout)
    return document["reference"], {one["code"] for one in document["findings"]}


def released(field: Field) -> str:
    """The id of a rollout that verified the service."""
    code, report = field.rollout(SERVICE)
    assert code == 0, report
    return report["rollout_id"]


def test_contracts_are_compared_with_what_the_environment_runs(demo: Field):
    mesh, first = demo.folder / "mesh", run(demo.folder, "rev-parse", "HEAD")
    rollout = released(demo)
    commit(demo.folder, {f"mesh/{EVENT}": renamed(mesh, "person")})
    commit(demo.folder, {"mesh/docs/more.md": "the break is two commits ago"})

    how = f"what local runs since {rollout}"
    reference, found = checked(demo)
    assert reference == {"name": first[:12], "commit": first, "how": how, "reason": ""}
    assert found == {"event-breaking/required"}
    sentence = f"ontracts are compared with {first[:12]}, {how}"
    for command in ("check", "ready", "plan"):
        assert sentence in " ".join(demo.run(command, SERVICE).stdout.split()), command
    breaking = json.loads(demo.run("contracts", "breaking", "--format", "json").stdout)
    assert (breaking["reference"]["commit"], breaking["decision"]) == (first, "NO-GO")


def test_contracts_that_were_released_without_a_commit_are_told(demo: Field):
    mesh, here = demo.folder / "mesh", run(demo.folder, "rev-parse", "HEAD")
    (mesh / EVENT).write_text(renamed(mesh, "person"))
    rollout = released(demo)
    reference, found = checked(demo)
    assert reference["how"] == (
        "the first commit, since contracts were edited after it; what local runs is not known: "
        f"{rollout} released contracts that {here[:12]} does not have"
    )
    assert found == {"event-breaking/required"}
