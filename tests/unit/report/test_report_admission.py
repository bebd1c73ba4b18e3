"""Whose approvals and whose broken glass a report, a status and a list of keys tell of."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rollouts import ROLLOUT, SHOP, START, Story
from tierline.evidence.envelopes import public_key
from tierline.evidence.keys import Key
from tierline.evidence.signatures import signed
from tierline.facts.approval import Act, Statement
from tierline.policy.model import Approver, Trust, TrustedKey
from tierline.report.build import build_report
from tierline.report.document import document
from tierline.report.keys import key_id, keys_text
from tierline.report.markdown import to_markdown
from tierline.report.running import Standing, status_json, status_text
from tierline.report.text import to_text
from tierline.rollout.events import Ending, RolloutRequested
from tierline.rollout.evolve import begin
from tierline.rollout.state import State

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = public_key(SECRET)
ENVELOPE = signed(
    Statement(Act.APPROVE, SHOP.digest, "local", "shop", "bob", PUBLIC, START - 60), SECRET
)


def asked(**changed: object) -> State:
    """SHOP, verified, as it was asked for."""
    story = Story()
    request = replace(RolloutRequested(SHOP.digest, "ada"), **changed)
    story.state = begin(SHOP, ROLLOUT, request, START)
    names = [service.service_id for service in SHOP.services]
    return story.verify(*names).end(Ending.COMPLETED)


def test_a_report_says_by_whose_approval() -> None:
    report = build_report(SHOP, asked(approvals=(ENVELOPE,)))
    assert "approved by bob on 2026-05-04 09:59 UTC" in to_text(report)
    assert "Approved by bob on 2026-05-04 09:59 UTC." in to_markdown(report)
    told = document(report)
    assert told["approved_by"] == [
        {"approver": "bob", "key": PUBLIC, "at": "2026-05-04T09:59:00.000000Z"}
    ]
    assert (told["decision"], told["break_glass"]) == ("GO", None)


def test_a_broken_glass_is_told_first_and_cannot_hide_or_act() -> None:
    state = asked(break_glass="# INC <b>|", passed=("a/b: M01-Accounts", "approval/missing"))
    report = build_report(SHOP, state)
    lines = to_text(report).splitlines()
    assert lines[0] == "HOLD  all 6 services are verified, but past gates: under break-glass"
    assert [line.strip() for line in lines[3:6]] == [
        "BREAK-GLASS by ada: # INC <b>|",
        "passed a/b: M01-Accounts",
        "passed approval/missing",
    ]
    marked = to_markdown(report)
    assert "**BREAK-GLASS** by ada: \\# INC \\<b\\>\\|" in marked
    assert "- passed `a/b: M01-Accounts`" in marked
    assert document(report)["break_glass"] == {
        "by": "ada",
        "reason": "# INC <b>|",
        "passed": ["a/b: M01-Accounts", "approval/missing"],
    }
    assert "BREAK-GLASS by ada: # INC <b>|" in status_text(Standing("local", state), ())
    assert '"reason": "# INC <b>|"' in status_json(Standing("local", state), ())


def test_keys_are_listed_with_what_a_policy_says_of_them() -> None:
    key = Key("ada", PUBLIC, START)
    head = f"ada  key {key_id(PUBLIC)}, made 2026-05-04"
    trusted = TrustedKey("alice", PUBLIC)
    assert keys_text((), None) == "you have no keys; make one: tierline key new YOUR-NAME\n"
    assert keys_text((key,), None) == f"{head}\n  {PUBLIC}\n"
    for trust, words in (
        (Trust(), "not trusted by the policy"),
        (Trust((trusted,)), "trusted as alice, who is no approver"),
        (Trust((trusted,), (Approver("alice"),)), "trusted as alice, an approver"),
    ):
        assert keys_text((key,), trust).splitlines()[0] == f"{head}, {words}"
