"""Gate waivers and baselines: every exception is known, explained, needed, narrow, and ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.readiness_cases import Judged, judged
from tierline.facts.decision import Decision, Severity
from tierline.mesh.defect import Defect, Place
from tierline.mesh.tree import Entry, Kind
from tierline.policy.model import Waiver
from tierline.policy.waivers import parse_waivers, waivers_toml
from tierline.readiness.baseline import Baseline, Signed, rebased
from tierline.readiness.check import check
from tierline.readiness.model import Check
from tierline.readiness.waivers import BASELINE, SOON_SECONDS

DAY = 86_400.0
MISSING = {"remove": "{P}/Makefile"}
AT = Place("ops/policy.toml", 7, 3)
GOOD = Waiver("structure/missing-file", "M02", "moving house", "ada", 100 * DAY, (), AT)
SIGNED = Signed("ada", "baseline of 1970-01-01", 90 * DAY)


def checked(
    case: Judged, *waivers: Waiver, now: float = 0.0, only: frozenset[str] | None = None
) -> Check:
    policy = replace(case.policy, waivers=waivers)
    return check(case.mesh, case.facts, policy, only, now)


def told(found: Check) -> list[tuple[str, Severity, str | None, Place | None]]:
    own = [one for one in found.findings if one.gate == "waivers"]
    return [(one.code, one.status, one.service_id, one.place) for one in own]


def test_a_waiver_in_order_is_no_finding() -> None:
    found = checked(judged(MISSING), GOOD)
    assert (told(found), found.decision) == ([], Decision.GO)


@pytest.mark.parametrize(
    ("waiver", "code", "severity", "service"),
    [
        (replace(GOOD, expires=0.0), "expired", Severity.FAIL, "M02-Profile-Service"),
        (replace(GOOD, expires=SOON_SECONDS), "expiring", Severity.WARN, "M02-Profile-Service"),
        (replace(GOOD, reason=" "), "no-reason", Severity.FAIL, "M02-Profile-Service"),
        (replace(GOOD, author="\t"), "no-reason", Severity.FAIL, "M02-Profile-Service"),
        (replace(GOOD, code="structure/missing-fil"), "unknown-code", Severity.WARN,
         "M02-Profile-Service"),
        (replace(GOOD, code="readiness/no-order"), "unknown-code", Severity.WARN,
         "M02-Profile-Service"),
        (replace(GOOD, service_id="M77"), "unknown-service", Severity.WARN, None),
        (replace(GOOD, service_id="M20"), "unused", Severity.WARN, "M20-Feed-Service"),
        (replace(GOOD, code="config/port-twice", service_id=None), "unused", Severity.WARN, None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_waiver_stands_at_its_line(
    waiver: Waiver, code: str, severity: Severity, service: str | None
) -> None:
    found = checked(judged(MISSING), waiver)
    assert told(found) == [(f"waivers/{code}", severity, service, AT)]


def test_an_expired_waiver_fails_even_where_its_finding_is_gone() -> None:
    found = checked(judged({}), replace(GOOD, expires=1.0), now=1.0)
    assert [code for code, *_ in told(found)] == ["waivers/expired", "waivers/unused"]
    assert found.decision is Decision.NO_GO


def test_a_partial_check_does_not_say_that_a_waiver_is_for_nothing() -> None:
    only = frozenset({"config", "waivers"})
    assert told(checked(judged(MISSING), replace(GOOD, service_id="M20"), only=only)) == []


def test_a_waiver_of_what_the_policy_does_not_ask_is_not_called_useless() -> None:
    case = judged(MISSING)
    policy = replace(case.policy, severities={"structure/missing-file": Severity.OK})
    assert told(checked(replace(case, policy=policy), GOOD)) == []


def test_no_waiver_is_for_a_finding_about_waivers() -> None:
    over = Waiver("waivers/expired", None, "r", "a", 100 * DAY, (), AT)
    found = checked(judged(MISSING), replace(GOOD, expires=0.0), over)
    assert ("waivers/expired", Severity.FAIL, "M02-Profile-Service", AT) in told(found)


def test_waivers_of_the_mesh_are_told_not_to_count_beyond_local() -> None:
    case = judged({}, "production")
    entries = {**case.facts.tree.entries, BASELINE: Entry(Kind.FILE)}
    facts = replace(case.facts, tree=replace(case.facts.tree, entries=entries))
    own = told(checked(replace(case, facts=facts)))
    assert own == [("waivers/in-mesh", Severity.WARN, None, Place(f"mesh/{BASELINE}"))]


def test_a_broken_file_of_waivers_is_a_finding_of_this_gate() -> None:
    case = judged(MISSING)
    broken = Defect("waivers/not-toml", "not TOML", Place("mesh/x", 3, 1))
    facts = replace(case.facts, policy_defects=(broken,))
    found = checked(replace(case, facts=facts))
    assert told(found) == [("waivers/not-toml", Severity.FAIL, None, broken.place)]


UGLY = {"remove": "{P}/Makefile", "write": {"{F}/configs/default.yaml": "service: {\n"}}


def baseline(case: Judged) -> Baseline:
    return rebased(checked(case), (), SIGNED, 0.0)


def read(made: Baseline) -> tuple[Waiver, ...]:
    waivers, defects = parse_waivers(waivers_toml(made.waivers).encode(), f"mesh/{BASELINE}")
    assert defects == ()
    return waivers


def test_what_fails_is_taken_in_and_only_new_findings_fail() -> None:
    made = baseline(judged(UGLY))
    assert (made.added, made.size, made.left) == (2, 2, 0)
    waivers = read(made)
    assert checked(judged(UGLY), *waivers).decision is Decision.GO
    more = {**UGLY, "write": {**UGLY["write"], "{F}/README.md": ""}}  # type: ignore[dict-item]
    found = checked(judged(more), *waivers)
    assert [one.code for one in found.findings if one.status is Severity.FAIL] == [
        "structure/empty-file"
    ]


def test_a_second_finding_of_the_same_code_and_service_is_new() -> None:
    waivers = read(baseline(judged(MISSING)))
    two = {"write": {"{P}/README.md": ""}, "remove": ["{P}/Makefile", "{P}/go.mod"]}
    found = checked(judged(two), *waivers)
    failing = [one for one in found.findings if one.code == "structure/missing-file"]
    assert [(one.status, one.place and one.place.path.rpartition("/")[2]) for one in failing] == [
        (Severity.WARN, "Makefile"),
        (Severity.FAIL, "go.mod"),
    ]


def test_what_is_mended_is_told_and_taken_out_and_nothing_is_taken_in() -> None:
    waivers = read(baseline(judged(UGLY)))
    new = {"remove": "{P}/Makefile", "write": {"{F}/README.md": ""}}
    found = checked(judged(new), *waivers)
    (mended,) = (one for one in found.findings if one.code == "waivers/mended")
    assert mended.message == "1 of 2 findings of the baseline is mended"
    assert mended.fix == "take them out: tierline check --baseline"
    again = rebased(found, waivers, None, 0.0)
    assert (again.added, again.mended, again.size, again.left) == (0, 1, 1, 1)
    grown = rebased(found, waivers, SIGNED, 0.0)
    assert (grown.added, grown.mended, grown.size, grown.left) == (1, 1, 2, 0)


def test_a_baseline_ends_and_growing_it_takes_in_what_has_ended() -> None:
    case = judged(MISSING)
    waivers = read(baseline(case))
    late = waivers[0].expires
    found = checked(case, *waivers, now=late)
    assert found.decision is Decision.NO_GO
    assert [code for code, *_ in told(found)] == ["waivers/expired"]
    grown = rebased(found, waivers, replace(SIGNED, expires=late + DAY), late)
    assert (grown.added, grown.size) == (1, 1)
    assert "the waiver of" not in grown.waivers[0].findings[0]
    after = checked(case, *read(grown), now=late)
    assert after.decision is Decision.GO


def test_a_partial_check_takes_nothing_out_of_what_it_did_not_judge() -> None:
    waivers = read(baseline(judged(UGLY)))
    found = checked(judged({}), *waivers, only=frozenset({"config", "waivers"}))
    assert [one.message for one in found.findings if one.code == "waivers/mended"] == [
        "1 of 2 findings of the baseline is mended"
    ]
    again = rebased(found, waivers, None, 0.0)
    assert [one.code for one in again.waivers] == ["structure/missing-file"]


def test_what_is_unknown_is_not_taken_in() -> None:
    case = judged({}, "production")
    assert case.check.decision is Decision.HOLD
    made = baseline(case)
    assert (made.added, made.waivers) == (0, ())


def test_waivers_written_by_hand_into_the_file_stay() -> None:
    case = judged(UGLY)
    by_hand = replace(GOOD, code="config/not-yaml", service_id="M20")
    made = rebased(checked(case, by_hand), (by_hand,), SIGNED, 0.0)
    first, second = read(made)
    assert (first.code, first.findings) == ("config/not-yaml", ())
    assert (second.code, len(second.findings)) == ("structure/missing-file", 1)
