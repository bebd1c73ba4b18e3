"""Whole plans, as people and machines get them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from made.shop import blocked, ready
from tierline.plan.digest import sealed
from tierline.plan.document import to_json
from tierline.plan.model import Plan
from tierline.report.plan_mermaid import plan_mermaid
from tierline.report.plan_svg import plan_svg
from tierline.report.plan_text import plan_text

Golden = Callable[[str, str], None]
PLANS = {"ready": ready, "blocked": blocked}
VIEWS: dict[str, Callable[[Plan], str]] = {
    "80.txt": lambda plan: plan_text(plan, 80),
    "200.txt": lambda plan: plan_text(plan, 200),
    "json": to_json,
    "mmd": plan_mermaid,
    "svg": plan_svg,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_reads_as_it_did(plan: str, view: str, golden: Golden) -> None:
    made = PLANS[plan]()
    golden(f"{plan}.{view}", VIEWS[view](sealed(replace(made, policy_digest="0" * 32))))
