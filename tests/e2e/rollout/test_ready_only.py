"""`--ready-only` on the demo mesh: the rest ships, the plan file honours it, nothing reads as a whole GO."""

from __future__ import annotations

import json

from e2e.rollout.field import Field, states

LEDGER = "M08-Payments-Ledger-Service"
LEFT = {LEDGER, "M09-Payout-Service", "M13-Risk-Scoring-Service"}


def lose_a_file(field: Field) -> None:
    (path,) = field.folder.glob(f"mesh/services/*/{LEDGER[:3]}-*/Makefile")
    path.unlink()


def test_what_is_ready_ships_and_what_is_not_is_named(demo: Field) -> None:
    lose_a_file(demo)
    assert demo.rollout()[0] == 3
    plan = demo.run("plan", "--ready-only", "-o", "release.json", "--format", "json")
    left = json.loads(plan.stdout)["left_out"]
    assert (plan.returncode, {one["service_id"] for one in left}) == (0, LEFT)
    refused = demo.run("rollout", "release.json", "--yes", "--checkpoint", "tier")
    assert (refused.returncode, "plan/fixed" in refused.stderr) == (2, True)
    code, report = demo.rollout("release.json")
    assert (code, report["decision"], report["state"]) == (0, "GO", "completed")
    found = states(report)
    assert {name for name, state in found.items() if state == "skipped"} == LEFT
    assert {state for name, state in found.items() if name not in LEFT} == {"verified"}
    shown = demo.run("report").stdout.splitlines()[0]
    assert shown.startswith("GO  for 11 of 14 services, all verified; 3 left out")
    assert {name.partition(".")[0] for name in demo.starts()}.isdisjoint(LEFT)


def test_a_plan_of_what_is_ready_is_refused_once_others_would_be_left_out(demo: Field) -> None:
    assert demo.run("plan", "--ready-only", "-o", "release.json").returncode == 0
    lose_a_file(demo)
    refused = demo.run("rollout", "release.json", "--yes")
    assert refused.returncode == 2
    assert f"{LEDGER}: would be left out now (NO-GO structure/missing-file)" in refused.stderr
    assert not demo.starts()


def test_where_nothing_is_ready_nothing_starts(demo: Field) -> None:
    lose_a_file(demo)
    done = demo.run("rollout", "M08", "--ready-only", "--yes")
    assert done.returncode == 3
    assert "the only service is left out" in " ".join(done.stdout.split())
