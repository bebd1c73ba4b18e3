"""An emergency: what --break-glass passes, what it never passes, and what it leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from e2e.approval.people import People

REASON = "INC-42: logins fail"
FIRE = ("--break-glass", REASON)


def service(people: People, name: str) -> Path:
    (folder,) = people.shop.mesh.glob(f"services/*/{name}-*")
    return folder


def issues(people: People, *more: str) -> list[dict[str, str]]:
    told = people.tell("ops", "issues", "--env", "prod", "--format", "json", *more)
    found = json.loads(told.out)["issues"]
    return [one for one in found if one["code"] == "rollout/break-glass"]


def test_gates_and_people_are_passed_verified_written_down_and_redeemed(people: People) -> None:
    (service(people, "M11") / "Makefile").unlink()
    people.commit("bob@example.org")
    refused = people.roll_out(what="M11")
    assert (refused.code, refused.document["decision"]) == (3, "NO-GO")
    told = people.tell("ops", "rollout", "M11", "--env", "prod", *FIRE)
    assert (told.code, "usage/needs-yes" in told.err) == (2, True)
    told = people.roll_out(*FIRE, what="M11")
    assert (told.code, told.document["decision"], told.document["state"]) == (
        4,
        "HOLD",
        "completed",
    )
    assert [one["state"] for one in told.document["services"]] == ["verified"]
    assert told.document["break_glass"]["reason"] == REASON
    passed = [
        "approval/missing",
        "structure/missing-file: M11-Settings-Registry-Service",
    ]
    assert sorted(told.document["break_glass"]["passed"]) == passed
    for line in (f"BREAK-GLASS: {REASON}", "passes approval/missing", "opens an issue"):
        assert line in told.err
    (issue,) = issues(people)
    assert (issue["state"], issue["service_id"], REASON in issue["message"]) == ("open", "", True)
    status = people.tell("ops", "status", "--env", "prod")
    assert f"BREAK-GLASS by {told.document['break_glass']['by']}: {REASON}" in status.out
    (service(people, "M11") / "Makefile").write_text("all:\n")
    people.commit("bob@example.org")
    people.planned()
    assert people.approve("ada").code == 0
    told = people.roll_out(*FIRE)
    assert (told.code, told.document["break_glass"]) == (0, None)
    assert "nothing stands in the way" in told.err
    assert issues(people) == []
    assert [one["state"] for one in issues(people, "--all")] == ["closed"]


def test_what_is_broken_is_not_verified_in_an_emergency_either(people: People) -> None:
    (service(people, "M11") / "cmd/api/main.py").write_text("import os\n\nos._exit(3)\n")
    people.commit("bob@example.org")
    told = people.roll_out(*FIRE, what="M11")
    assert (told.code, told.document["state"]) == (4, "held")
    assert [one["state"] for one in told.document["services"]] == ["failed"]
    assert len(issues(people)) == 1
    told = people.roll_out(*FIRE, what="M11")
    assert (told.code, "rollout/occupied" in told.err) == (1, True)
    (service(people, "M11") / "cmd/api/main.py").write_text("import os\n\nos._exit(4)\n")
    told = people.tell("ops", "resume", "--env", "prod", "--format", "json")
    assert (told.code, told.document["break_glass"]["reason"]) == (4, REASON)


def test_owners_that_do_not_run_are_not_passed(people: People) -> None:
    told = people.roll_out(*FIRE, what="M01")
    assert (told.code, told.document["state"]) == (4, "held")
    assert [one["state"] for one in told.document["services"]] == ["held"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_without_a_reason_nothing_is_passed(people: People, reason: str) -> None:
    told = people.roll_out("--break-glass", reason, what="M11")
    assert (told.code, told.out, "usage/break-glass" in told.err) == (2, "", True)


def test_a_policy_may_forbid_it(people: People) -> None:
    people.policy("ada", more="break_glass = false")
    told = people.roll_out(*FIRE, what="M11")
    assert (told.code, told.out, "usage/break-glass-forbidden" in told.err) == (2, "", True)
    assert people.shop.supervisors() == []


def test_a_cycle_is_not_passed(people: People) -> None:
    index = people.shop.mesh / "services/services-index.yaml"
    text = index.read_text()
    before = "    dbr_deps:\n      - M11-Settings-Registry-Service\n"
    assert before in text
    index.write_text(text.replace(before, "    dbr_deps:\n      - M02-Profile-Service\n", 1))
    told = people.roll_out(*FIRE, what="M01 M02")
    assert (told.code, told.out, "usage/unpassable" in told.err) == (2, "", True)
    assert "load-order/cycle: M0" in told.err


def test_what_moved_is_not_passed_and_a_rehearsal_breaks_nothing(people: People) -> None:
    people.planned()
    people.commit("bob@example.org")
    told = people.roll_out(*FIRE)
    assert (told.code, told.out, "plan/moved" in told.err) == (2, "", True)
    told = people.roll_out(*FIRE, "--target", "simulated", what="M11")
    assert (told.code, told.out, "usage/break-glass" in told.err) == (2, "", True)
