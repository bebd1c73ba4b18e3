"""Each condition by itself: what it says of what it sees."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from judgements import (
    DEADLINE,
    KEY,
    NOW,
    PREVIOUS,
    SINCE,
    answers,
    condition,
    expecting,
    failed,
    healthy,
    instance,
    judged,
    not_ok,
    ready,
    seen,
    working,
)
from tierline import targets
from tierline.facts.decision import Severity
from tierline.facts.evidence import Answer
from tierline.facts.observation import Fault, Instance, Phase
from tierline.readiness.explain import explain
from tierline.verification import conditions
from tierline.verification.codes import CODES
from tierline.verification.model import Standing


@pytest.mark.parametrize(
    ("api", "status", "code"),
    [
        ("", Severity.UNKNOWN, "health/unseen"),
        ("++", Severity.UNKNOWN, "health/unseen"),
        ("+++", Severity.OK, "health/ok"),
        ("...---+++", Severity.OK, "health/ok"),
        ("++?++", Severity.UNKNOWN, "health/unseen"),
        ("....", Severity.UNKNOWN, "health/never"),
        ("++-++", Severity.UNKNOWN, "health/never"),
        ("+++-", Severity.UNKNOWN, "health/unsteady"),
        ("+++---", Severity.FAIL, "health/lost"),
        ("+++---+++", Severity.OK, "health/ok"),
        ("+-+-+++", Severity.OK, "health/ok"),
        ("+-+-+-+++", Severity.FAIL, "health/flapping"),
        ("?????", Severity.UNKNOWN, "health/unseen"),
    ],
)
def test_health_follows_the_answers(api: str, status: Severity, code: str) -> None:
    found = condition(judged(health=healthy(api=api)), "health")
    assert (found.status, found.code) == (status, code)


@pytest.mark.parametrize(
    ("api", "standing"),
    [
        ("....", Standing.FAILED),
        ("++-++", Standing.FAILED),
        ("", Standing.UNDECIDED),
        ("++", Standing.UNDECIDED),
        ("???", Standing.UNDECIDED),
        ("+++-", Standing.UNDECIDED),
    ],
)
def test_at_the_deadline_a_bad_answer_fails_and_none_is_undecided(
    api: str, standing: Standing
) -> None:
    assert judged(DEADLINE, health=healthy(api=api)).standing is standing


def test_flaps_of_long_ago_are_forgiven() -> None:
    recent = healthy(api="+-+-+-+++")
    later = answers("api", "+++", start=SINCE + 100)
    assert judged(SINCE + 101, expecting(deadline=1e9), health=(*recent, *later)).standing is (
        Standing.VERIFIED
    )


def test_a_service_that_listens_elsewhere_is_told_so() -> None:
    api = instance("api", addresses={"http": "127.0.0.1:20001"}, listening=(20077,))
    last = replace(answers("api", ".")[0], detail="connection refused on 127.0.0.1:20001")
    verdict = judged(
        DEADLINE, seen=seen(api, instance("worker")), health=(last, *answers("worker", "+++"))
    )
    assert not_ok(verdict)["health/never"] == (
        "api not healthy after 15 s (limit 15 s): connection refused on 127.0.0.1:20001; "
        "it listens on 20077"
    )


@pytest.mark.parametrize(
    ("listening", "told"),
    [(None, "connection refused"), ((), "it listens on no port"), ((20001,), "connection refused")],
)
def test_where_it_listens_is_said_only_when_it_explains(
    listening: tuple[int, ...] | None, told: str
) -> None:
    api = instance("api", addresses={"http": "127.0.0.1:20001"}, listening=listening)
    verdict = judged(DEADLINE, seen=seen(api, instance("worker")), health=(*healthy(api="."),))
    assert told in not_ok(verdict)["health/never"]
    assert not_ok(verdict)["health/never"].count("listens") == (listening == ())


def test_a_restart_is_a_failure() -> None:
    verdict = judged(seen=seen(instance("api", restarts=2, reason="panic"), instance("worker")))
    assert failed(verdict)["boot/restarted"] == "api restarted 2 times: panic"


def test_an_exit_of_an_earlier_start_is_no_matter() -> None:
    earlier = instance("api", id="api-0", phase=Phase.EXITED, exit_code=0, key="R-0/x/apply/1")
    assert judged(seen=seen(earlier, instance("api"), instance("worker"))).standing is (
        Standing.VERIFIED
    )


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ((instance("api", phase=Phase.STARTING, reason="pulling"), instance("worker")), "starting"),
        ((instance("api", key="R-0/x/apply/1"), instance("worker")), "absent"),
    ],
)
def test_what_does_not_run_by_the_deadline_fails(shown: tuple[Instance, ...], code: str) -> None:
    assert judged(seen=seen(*shown), health=()).standing is Standing.WAITING
    late = judged(DEADLINE, seen=seen(*shown), health=())
    assert late.standing is Standing.FAILED
    assert f"boot/{code}" in not_ok(late)


def test_a_target_that_is_still_changing_it_is_waited_for() -> None:
    verdict = judged(seen=seen(settled=False))
    assert verdict.standing is Standing.WAITING
    assert not_ok(verdict) == {"boot/changing": "the target is still changing it"}


def test_without_workloads_nothing_is_verified() -> None:
    verdict = judged(DEADLINE, expecting(workloads=()))
    assert verdict.standing is Standing.UNDECIDED


def test_any_revision_will_do_for_an_outside_owner_but_one_only() -> None:
    outside = expecting(revision="", key="")
    same = [instance(w, revision=PREVIOUS, key="x") for w in ("api", "worker")]
    signals = tuple(replace(s, revision=PREVIOUS) for s in working().signals)
    assert judged(expectation=outside, seen=seen(*same), signals=signals).standing is (
        Standing.VERIFIED
    )
    mixed = seen(same[0], instance("worker", key="x"))
    late = judged(DEADLINE, outside, seen=mixed, signals=signals)
    assert "revision/mixed" in failed(late)


def test_an_unknown_revision_is_no_planned_one() -> None:
    nameless = seen(instance("api", revision=""), instance("worker"))
    late = judged(DEADLINE, seen=nameless)
    assert late.standing is not Standing.VERIFIED
    assert condition(late, "revision").status is Severity.UNKNOWN


def test_every_instance_of_a_workload_must_be_well() -> None:
    two = seen(instance("api"), instance("api", id="api-2"), instance("worker"))
    assert judged(seen=two).standing is Standing.WAITING
    second = tuple(replace(a, instance="api-2") for a in answers("api", "+++", SINCE + 2))
    assert judged(seen=two, health=(*healthy(), *second)).standing is Standing.VERIFIED


def test_not_ready_although_all_owners_are_reached_is_a_warning() -> None:
    verdict = judged(dependencies=ready(answer=Answer.FAILED, detail="503"))
    assert verdict.standing is Standing.VERIFIED
    assert list(not_ok(verdict)) == ["dependency/not-ready"]


def test_owners_are_named_each_with_its_reason() -> None:
    denied = ready(owners=dict.fromkeys(expecting().owners, False))
    message = not_ok(judged(DEADLINE, dependencies=denied))["dependency/unreachable"]
    assert "M01-Authentication" in message
    assert "M02-Profile" in message


def test_long_foreign_text_is_cut() -> None:
    dead = instance("api", phase=Phase.EXITED, exit_code=1, reason="x" * 9000)
    verdict = judged(seen=seen(dead, instance("worker")))
    assert len(not_ok(verdict)["boot/exit"]) < 400


def test_every_code_has_an_explanation() -> None:
    used: set[str] = set()
    for path in Path(conditions.__file__).parent.glob("*.py"):
        used |= set(re.findall(r'"([a-z]+/[a-z-]+)"', path.read_text(encoding="utf-8")))
    for path in Path(targets.__file__).parent.rglob("*.py"):
        used |= set(re.findall(r'"(start/[a-z-]+)"', path.read_text(encoding="utf-8")))
    assert len(used) > 25
    assert used == {each.code for each in CODES}
    for each in CODES:
        assert each.title in explain(each.code, CODES)


def test_a_code_is_explained_with_a_severity_that_it_is_told_with() -> None:
    told: dict[str, set[Severity]] = {}
    for path in Path(conditions.__file__).parent.glob("*.py"):
        for name, code in re.findall(
            r'Ruling\(\s*Severity\.(\w+),\s*"([a-z]+/[a-z-]+)"', path.read_text(encoding="utf-8")
        ):
            told.setdefault(code, set()).add(Severity[name])
    assert len(told) > 20
    explained = {each.code: set(each.severities) for each in CODES}
    wrong = {code: said for code, said in told.items() if not explained[code] & said}
    assert wrong == {}


def test_what_the_target_says_will_never_run_is_a_failure_at_once() -> None:
    told = replace(seen(), fault=Fault("start/image", "pod a: ErrImagePull: not found"))
    verdict = judged(seen=told)
    assert verdict.standing is Standing.FAILED
    assert not_ok(verdict)["start/image"] == "pod a: ErrImagePull: not found"
    assert "start/admission" in not_ok(judged(seen=replace(told, fault=Fault("x/y", "?"))))
    before = replace(told, last_key="R-0/old")
    assert "start/image" not in not_ok(judged(seen=before))


def test_what_a_changing_service_waits_for_is_told() -> None:
    busy = seen(instance("api"), instance("worker"), settled=False)
    told = not_ok(judged(seen=replace(busy, waits="Deployment a: 1 of 2 replicas ready")))
    assert told["boot/changing"].endswith(": Deployment a: 1 of 2 replicas ready")


def test_the_key_decides_which_instance_counts() -> None:
    assert judged(expectation=expecting(key=KEY + "x")).standing is Standing.WAITING
    assert judged(NOW, expecting(key="")).standing is Standing.VERIFIED
