"""A plan that was edited and sealed anew, so that nothing in the file gives it away."""

from __future__ import annotations

from dataclasses import replace

from e2e.approval.people import People
from tierline.facts.decision import Decision
from tierline.plan.digest import sealed
from tierline.plan.document import from_json, to_json
from tierline.plan.model import Plan


def no_go_made_go(plan: Plan) -> Plan:
    services = tuple(replace(one, decision=Decision.GO) for one in plan.services)
    return replace(plan, decision=Decision.GO, blockers=(), services=services)


def test_a_forged_plan_is_refused_however_well_it_is_sealed_and_approved(people: People) -> None:
    (folder,) = people.shop.mesh.glob("services/*/M11-*")
    (folder / "Makefile").unlink()
    people.commit("bob@example.org")
    told = people.tell("ops", "plan", "M11", "--env", "prod", "-o", str(people.plan))
    assert told.code == 3
    plan = from_json(people.plan.read_text())
    forged = {
        "decision: GO -> NO-GO": no_go_made_go(plan),
        "environment: other -> prod": replace(no_go_made_go(plan), environment="other"),
        "mesh: elsewhere -> mesh": replace(no_go_made_go(plan), mesh="elsewhere"),
        "rules: limits.max_parallel": replace(
            no_go_made_go(plan),
            rules=replace(plan.rules, limits=replace(plan.rules.limits, max_parallel=99)),
        ),
    }
    for words, one in forged.items():
        people.plan.write_text(to_json(sealed(one)))
        if one.environment == "prod" and one.mesh == plan.mesh:
            assert people.approve("ada").code == 0
        told = people.roll_out()
        assert (told.code, told.out, "plan/moved" in told.err) == (2, "", True), told.err
        assert words in told.err
    assert people.shop.supervisors() == []
