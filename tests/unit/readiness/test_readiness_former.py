"""Gate former: what a release would replace and cannot be had any more is told before it begins."""

from __future__ import annotations

import pytest

from made.plans import mesh_of, policy_of
from tierline.facts.former import FormerRevisions
from tierline.mesh.tree import Tree
from tierline.policy.model import EnvironmentKind
from tierline.readiness.codes import CODES
from tierline.readiness.facts import GateFacts
from tierline.readiness.former import former_off, judge_former

MESH = mesh_of({"M01": (), "M02": ("M01",)})


def facts(former: FormerRevisions | None) -> GateFacts:
    return GateFacts(Tree("mesh", {}), former=former)


def test_what_is_gone_and_what_nobody_knows_are_told_apart() -> None:
    former = FormerRevisions(
        frozenset({"M01", "M02"}), {"M02": "0123456789abcdef"}, {"M01": "the registry is silent"}
    )
    told = [
        (d.code, d.service_id, d.message) for d in judge_former(MESH, facts(former), policy_of())
    ]
    gone = "it could not go back: 0123456789ab, which was verified last, is not kept any more"
    assert told == [
        ("former/gone", "M02", gone),
        ("former/unknown", "M01", "the registry is silent"),
    ]
    assert former_off(MESH, facts(former), policy_of()) == ""


def test_it_is_asked_only_where_something_is_replaced() -> None:
    assert "planned" in former_off(MESH, facts(None), policy_of())
    assert "verified in local" in former_off(MESH, facts(FormerRevisions()), policy_of())
    assert list(judge_former(MESH, facts(None), policy_of())) == []


@pytest.mark.parametrize(("kind", "severity"), [("local", "warn"), ("production", "fail")])
def test_beyond_local_it_stops_a_release(kind: str, severity: str) -> None:
    assert CODES["former/gone"].built_in(EnvironmentKind(kind)) == severity
