"""Which approvals count, and what is said of those that do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made.plans import mesh_of, policy_of, request_of
from tierline.facts.approval import Act, Authorship, Statement
from tierline.facts.decision import Decision
from tierline.plan.approval import AHEAD_SECONDS, Consent, consent
from tierline.plan.approval_codes import APPROVAL_CODES, APPROVAL_GATE
from tierline.plan.build import build
from tierline.policy.model import Approver, Demand, Limits, Policy, Trust, TrustedKey

HOUR = 3600.0
NOW = 1_800_000_000.0
BEFORE = NOW - HOUR
TRUST = Trust(
    keys=(TrustedKey("ada", "k-ada"), TrustedKey("bob", "k-bob"), TrustedKey("carl", "k-carl")),
    approvers=(Approver("ada", ("ada@x.org", "a@y.org")), Approver("bob")),
)
STRICT = replace(
    policy_of(),
    trust=TRUST,
    demands={"approval": Demand.REQUIRED, "independence": Demand.REQUIRED},
    limits=Limits(approval_hours=72.0),
)
PLAN = build(request_of(mesh_of({"M01-A": (), "M02-B": ("M01-A",)}), policy=STRICT))
EVE = Authorship({"M01-A": frozenset({"eve@x.org"}), "M02-B": frozenset({"eve@x.org"})})


def said(**changed: object) -> Statement:
    """Ada's approval of an hour ago, with changes."""
    usual = Statement(
        Act.APPROVE, PLAN.digest, PLAN.environment, PLAN.mesh, "ada", "k-ada", BEFORE, genuine=True
    )
    return replace(usual, **changed)


def under(**demands: Demand) -> Policy:
    return replace(STRICT, demands={**STRICT.demands, **demands})


def judged(*statements: Statement, policy: Policy = STRICT, authors: Authorship = EVE) -> Consent:
    return consent(PLAN, policy, statements, authors, NOW)


def test_an_approval_by_another_person_is_consent() -> None:
    assert judged(said()) == Consent(Decision.GO, (said(),), ())


NOT_COUNTED = [
    ({"genuine": False}, "approval/bad-signature", "is not signed by its key"),
    ({"plan_digest": "0" * 32}, "approval/other-plan", "of plan 000000000000, and this is"),
    ({"environment": "prod"}, "approval/other-environment", "is for made in prod"),
    ({"mesh": "other"}, "approval/other-environment", "is for other in local"),
    ({"key": "k-eve"}, "approval/key-not-trusted", "the policy of local does not trust"),
    ({"key": "k-bob"}, "approval/wrong-holder", "ada signed with the key of bob"),
    ({"key": "k-carl", "approver": "carl"}, "approval/not-an-approver", "carl is no approver"),
    ({"at": NOW - 72 * HOUR - 1}, "approval/expired", "more than 72 hours ago"),
    ({"at": NOW + AHEAD_SECONDS + 1}, "approval/from-the-future", "2027-01-15 08:05 UTC"),
    ({"at": 1e300}, "approval/from-the-future", "an impossible date"),
    ({"key": "k-bob", "approver": "bob"}, "approval/author-unknown", "no e-mail address of bob"),
]


@pytest.mark.parametrize(("changed", "code", "words"), NOT_COUNTED, ids=lambda one: str(one)[:40])
def test_what_is_no_consent_is_named_and_holds(
    changed: dict[str, object], code: str, words: str
) -> None:
    found = judged(said(**changed))
    assert (found.decision, found.by) == (Decision.HOLD, ())
    (reason,) = found.reasons
    assert (reason.code, reason.decision) == (code, Decision.HOLD)
    assert words in reason.message


def test_every_reason_has_its_words() -> None:
    given_here = {code for _, code, _ in NOT_COUNTED}
    elsewhere = {"needed", "missing", "withdrawn", "by-author"}
    told = {one.code for one in APPROVAL_CODES}
    assert told == given_here | {f"{APPROVAL_GATE.id}/{slug}" for slug in elsewhere}


@pytest.mark.parametrize("at", [NOW - 72 * HOUR, NOW, NOW + AHEAD_SECONDS])
def test_an_approval_holds_to_the_last_second_and_a_clock_may_be_a_little_ahead(at: float) -> None:
    assert judged(said(at=at)).decision is Decision.GO


def test_nothing_said_names_who_may() -> None:
    (reason,) = judged().reasons
    assert reason.code == "approval/missing"
    assert reason.message == "nobody has approved it: ada, bob may"
    (reason,) = judged(policy=replace(STRICT, trust=Trust())).reasons
    assert "nobody may: no approver with a key" in reason.message


@pytest.mark.parametrize("address", ["ada@x.org", "a@y.org", "ada"])
def test_an_author_by_any_address_is_no_second_person(address: str) -> None:
    wrote = Authorship({"M01-A": frozenset({"eve@x.org"}), "M02-B": frozenset({address})})
    (reason,) = judged(said(), authors=wrote).reasons
    assert (reason.code, "ada wrote the newest commit of M02" in reason.message) == (
        "approval/by-author",
        True,
    )


def test_what_nobody_wrote_down_is_unknown() -> None:
    loose = Authorship({}, {"M02-B": "x.py is not committed"})
    (reason,) = judged(said(), authors=loose).reasons
    assert reason.code == "approval/author-unknown"
    assert reason.message.endswith("who wrote what ships: M02: x.py is not committed")


def test_independence_may_be_expected_or_left_out() -> None:
    mine = Authorship({"M01-A": frozenset({"ada@x.org"})})
    expected = judged(said(), policy=under(independence=Demand.EXPECTED), authors=mine)
    assert (expected.decision, expected.by) == (Decision.GO, (said(),))
    assert [(r.code, r.decision) for r in expected.reasons] == [("approval/by-author", Decision.GO)]
    off = judged(said(), policy=under(independence=Demand.OFF), authors=mine)
    assert off == Consent(Decision.GO, (said(),), ())


def test_an_approval_may_be_expected_or_left_out() -> None:
    expected = judged(policy=under(approval=Demand.EXPECTED))
    assert expected.decision is Decision.GO
    assert [(r.code, r.decision) for r in expected.reasons] == [("approval/missing", Decision.GO)]
    assert judged(said(genuine=False), policy=under(approval=Demand.OFF)) == Consent(Decision.GO)


def test_a_withdrawal_takes_back_what_came_before_it() -> None:
    gone = said(act=Act.WITHDRAW, at=BEFORE + 1)
    (reason,) = judged(said(), gone).reasons
    assert reason.code == "approval/withdrawn"
    again = said(at=BEFORE + 2)
    assert judged(said(), gone, again) == Consent(Decision.GO, (again,), ())
    assert judged(said(), replace(gone, at=BEFORE)).decision is Decision.HOLD


@pytest.mark.parametrize(
    "changed",
    [
        {"genuine": False},
        {"key": "k-bob", "approver": "bob"},
        {"key": "k-bob"},
        {"plan_digest": "0" * 32},
    ],
)
def test_nobody_withdraws_for_another(changed: dict[str, object]) -> None:
    gone = said(act=Act.WITHDRAW, at=BEFORE + 1, **changed)
    assert judged(said(), gone).decision is Decision.GO


def test_one_good_approval_is_enough_and_the_others_are_told() -> None:
    forged = said(genuine=False, at=BEFORE + 5)
    found = judged(forged, said())
    assert found.by == (said(),)
    assert [one.code for one in found.reasons] == ["approval/bad-signature"]


statements = st.builds(
    Statement,
    act=st.sampled_from(Act),
    plan_digest=st.sampled_from([PLAN.digest, "0" * 32]),
    environment=st.sampled_from(["local", "prod"]),
    mesh=st.sampled_from(["made", "other"]),
    approver=st.sampled_from(["ada", "bob", "carl", "eve"]),
    key=st.sampled_from(["k-ada", "k-bob", "k-carl", "k-eve"]),
    at=st.floats(NOW - 80 * HOUR, NOW + HOUR),
    genuine=st.booleans(),
)


@given(st.lists(statements, max_size=6))
def test_only_a_good_statement_is_ever_consent_and_more_words_never_make_one(
    given_: list[Statement],
) -> None:
    found = judged(*given_)
    assert (found.decision is Decision.GO) is bool(found.by)
    for one in found.by:
        assert one in given_
        assert one.genuine
        assert one.act is Act.APPROVE
        assert (one.approver, one.key, one.plan_digest) == ("ada", "k-ada", PLAN.digest)
    alone = [one for one in given_ if judged(one).by]
    assert set(found.by) <= set(alone)
