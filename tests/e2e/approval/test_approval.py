"""An approval of a production plan, from the key to the report, and everything that is none."""

from __future__ import annotations

import base64
import json
import sqlite3

import pytest

from e2e.approval.people import People, edited, git


def test_a_plan_approved_by_another_person_is_rolled_out(people: People) -> None:
    ready = people.tell("ops", "ready", "M11", "--env", "prod", "--format", "json")
    assert (ready.code, ready.document["decision"]) == (0, "GO")
    assert "approval/needed" in {one["code"] for one in ready.document["reasons"]}
    people.planned()
    assert people.refused() == "approval/missing"
    told = people.roll_out("--format", "text")
    assert "nobody has approved it: ada, eve may" in told.out
    assert "next: another person runs tierline approve plan.json --env prod" in told.err
    approved = people.approve("ada", "--format", "json")
    assert (approved.code, approved.document["approver"]) == (0, "ada")
    told = people.roll_out()
    assert (told.code, told.document["decision"]) == (0, "GO"), told.err
    (by,) = told.document["approved_by"]
    assert (by["approver"], f"ada {by['key']}") == ("ada", people.keys["ada"])
    assert told.document["break_glass"] is None
    shown = people.tell("ops", "report", "--env", "prod").out
    assert "approved by ada on 20" in shown
    (journal,) = (people.shop.base / "s").rglob("journal.db")
    rows = sqlite3.connect(journal).execute("select body from journal where type like '%requested'")
    (envelope,) = json.loads(rows.fetchone()[0])["approvals"]
    payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    assert payload == {**approved.document}


def test_a_selection_is_approved_by_its_digest(people: People) -> None:
    assert people.refused(what="M11") == "approval/missing"
    told = people.roll_out("--format", "text", what="M11")
    digest = told.err.partition("tierline approve ")[2][:12]
    assert people.tell("ada", "approve", digest, "--yes", "--env", "prod").code == 0
    assert people.roll_out(what="M11").code == 0


def test_an_approval_travels_from_machine_to_machine(people: People) -> None:
    people.planned()
    assert people.approve("ada", "-o", "ada.json", state="laptop").code == 0
    assert people.refused() == "approval/missing"
    told = people.roll_out("--approval", "ada.json")
    assert (told.code, told.document["approved_by"][0]["approver"]) == (0, "ada")


def test_an_approval_of_another_plan_or_environment_is_none(people: People) -> None:
    people.planned("M10")
    assert people.approve("ada", "-o", "other-plan.json", state="laptop").code == 0
    people.planned(environment="other")
    assert people.approve("ada", "-o", "other-place.json", state="laptop").code == 0
    people.planned()
    found = people.refused("--approval", "other-plan.json", "--approval", "other-place.json")
    assert found == "approval/other-plan approval/other-environment"


def test_who_wrote_it_does_not_approve_it(people: People) -> None:
    people.planned()
    told = people.approve("eve")
    assert "warning: from here it would not count: eve wrote the newest commit of M11" in told.err
    assert people.refused() == "approval/by-author"
    assert people.approve("ada").code == 0
    assert people.roll_out().code == 0


def test_a_co_author_does_not_approve_it(people: People) -> None:
    git(people.shop.folder, *AMEND, "-m", "x\n\nCo-authored-by: Ada <ADA@example.org>")
    people.planned()
    people.approve("ada")
    assert people.refused() == "approval/by-author"


AMEND = ("-c", "user.email=bob@example.org", "-c", "user.name=x", "commit", "-q", "--amend")


def test_what_nobody_can_attribute_is_not_approved(people: People) -> None:
    (folder,) = people.shop.mesh.glob("services/*/M11-*")
    (folder / "README.md").write_text("not committed\n")
    people.planned()
    people.approve("ada")
    assert people.refused() == "approval/author-unknown"
    people.policy("ada", "nobody-knows")
    git(people.shop.folder, "checkout", "-q", ".")
    people.planned()
    people.approve("nobody-knows")
    assert people.refused() == "approval/author-unknown"


def test_a_shallow_clone_hides_who_wrote_it(people: People) -> None:
    settings = people.shop.mesh / "tierline.toml"
    settings.write_text(f'name = "shop"\n{settings.read_text() if settings.exists() else ""}')
    people.commit("bob@example.org")
    whole = people.shop.folder.rename(people.shop.base / "whole")
    git(people.shop.base, "clone", "-q", "--depth", "1", f"file://{whole}", "shop")
    people.planned()
    people.approve("ada")
    assert people.refused() == "approval/author-unknown"


def test_a_policy_may_let_authors_approve(people: People) -> None:
    people.policy("ada", "eve", more='[requirements]\nindependence = "off"')
    people.planned()
    people.approve("eve")
    assert people.roll_out().code == 0


@pytest.mark.parametrize(
    ("person", "code"),
    [("mallory", "approval/key-not-trusted"), ("carl", "approval/not-an-approver")],
)
def test_who_may_not_approve_is_told_so_and_does_not_get_round_it(
    people: People, person: str, code: str
) -> None:
    people.planned()
    told = people.approve(person)
    assert (told.code, code in told.err, "nothing was signed" in told.err) == (2, True, True)
    people.policy(person, approvers=(f"{person} {person}@example.org",))
    assert people.approve(person, "-o", "mine.json").code == 0
    people.policy("ada", "eve", "carl")
    assert people.refused("--approval", "mine.json") == code


def test_a_statement_that_was_changed_is_not_genuine(people: People) -> None:
    people.planned("M10")
    assert people.approve("ada", "-o", "ada.json", state="laptop").code == 0
    file = people.shop.folder / "ada.json"
    payload = json.loads(base64.b64decode(json.loads(file.read_text())["payload"]))
    payload["plan_digest"] = json.loads(people.planned().read_text())["digest"]
    content = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
    edited(file, payload=base64.b64encode(content).decode())
    assert people.refused("--approval", "ada.json") == "approval/bad-signature"


def test_a_withdrawn_approval_is_not_played_again(people: People) -> None:
    people.planned()
    assert people.approve("ada", "-o", "ada.json").code == 0
    told = people.approve("ada", "--withdraw", "-o", "withdrawal.json")
    assert (told.code, "ada withdrew the approval" in told.out) == (0, True)
    stranger = people.approve("mallory", "--withdraw")
    assert (stranger.code, "approval/key-not-trusted" in stranger.err) == (2, True)
    assert people.refused("--approval", "ada.json") == "approval/withdrawn"
    away = people.tell(
        "ops", "rollout", "plan.json", "--env", "prod", "--yes",
        "--approval", "ada.json", "--approval", "withdrawal.json", state="elsewhere",
    )  # fmt: skip
    assert (away.code, "approval/withdrawn" in away.out) == (4, True)
    assert people.approve("ada").code == 0
    assert people.roll_out().code == 0


def test_an_old_approval_counts_no_more(people: People) -> None:
    people.policy("ada", more="[limits]\napproval_hours = 0.000001")
    people.planned()
    assert people.approve("ada").code == 0
    assert people.refused() == "approval/expired"


def test_whatever_moves_voids_the_approval_and_is_named(people: People) -> None:
    people.planned()
    assert people.approve("ada").code == 0
    people.commit("bob@example.org")
    told = people.roll_out()
    assert (told.code, told.out) == (2, "")
    assert "M11-Settings-Registry-Service: changed: service tree" in told.err
    assert people.refused(what="M11") == "approval/missing"


def test_what_is_no_approval_is_refused_before_anything_starts(people: People) -> None:
    people.planned()
    for name, text in NO_APPROVALS.items():
        (people.shop.folder / "bad.json").write_text(text)
        told = people.roll_out("--approval", "bad.json")
        assert (told.code, told.out, "approval/unusable" in told.err) == (2, "", True), name
        assert "bad.json: " in told.err
    told = people.roll_out("--approval", "absent.json")
    assert (told.code, "approval/unusable" in told.err) == (2, True)


NO_APPROVALS = {
    "empty": "",
    "a list": "[]",
    "deep": "[" * 50_000,
    "long": " " * 100_000,
    "other": '{"payloadType":"text/plain","payload":"","signatures":[]}',
    "unsigned": json.dumps(
        {"payloadType": "application/vnd.tierline.approval+json", "payload": "", "signatures": []}
    ),
    "nothing": json.dumps(
        {
            "payloadType": "application/vnd.tierline.approval+json",
            "payload": "e30=",
            "signatures": [{"keyid": "", "sig": ""}],
        }
    ),
    "no base64": json.dumps(
        {
            "payloadType": "application/vnd.tierline.approval+json",
            "payload": "\u00e9",
            "signatures": [{"keyid": "", "sig": ""}],
        }
    ),
}


def test_a_held_rollout_does_not_go_on_when_its_approval_is_withdrawn(people: People) -> None:
    git(people.shop.folder, "checkout", "-q", ".")
    (folder,) = people.shop.mesh.glob("services/*/M11-*")
    main = folder / "cmd/api/main.py"
    main.write_text("import os\n\nos._exit(3)\n")
    people.commit("eve@example.org")
    people.planned()
    assert people.approve("eve").code == 0
    assert people.approve("ada").code == 0
    told = people.roll_out()
    assert (told.code, told.document["state"]) == (4, "held")
    assert people.approve("ada", "--withdraw").code == 0
    told = people.tell("ops", "resume", "--env", "prod")
    assert (told.code, told.out) == (4, "")
    assert "may not go on: ada withdrew the approval" in told.err
    assert people.approve("ada").code == 0
    assert people.tell("ops", "resume", "--env", "prod", "--format", "json").code == 4
    assert people.tell("ops", "abort", "--env", "prod").code == 0
