"""The main job on the demo mesh: GO as it is, and each way of breaking a service told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from e2e.rollout.field import Field, dependents, states
from tierline.scaffold.breaks import MODES, break_service

BROKEN = "M08-Payments-Ledger-Service"
GO_BROKEN = "M02-Account-Service"
GO_REASONS = {
    "build": "undefined",
    "dependency": "M01-Identity-Service",
    "health": "/healthz",
    "flap": "/healthz",
}
REASONS = {
    "build": "SyntaxError",
    "boot": "cannot start",
    "config": "cannot start",
    "health": "/healthz answers 500",
    "dependency": "M01-Authentication-Service",
    "telemetry": "no traces",
    "slow": "not healthy after",
    "exit": "exits at once with code 0",
    "port": "told",
    "flap": "flaps",
}


def test_the_demo_ends_go(demo: Field) -> None:
    code, report = demo.rollout()
    assert (code, report["decision"], report["state"]) == (0, "GO", "completed")
    assert set(states(report).values()) == {"verified"}
    assert len(report["order"]) == 14
    assert set(demo.starts().values()) == {1}


def test_the_same_again_restarts_nothing(demo: Field) -> None:
    demo.rollout()
    before = demo.starts()
    code, report = demo.rollout()
    assert (code, set(states(report).values())) == (0, {"unchanged"})
    assert demo.starts() == before


def test_the_demo_command_cleans_up(base: Path) -> None:
    field = Field(base, base)
    done = field.run("demo", str(base / "shop"), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["decision"] == "GO"
    assert not field.supervisors()
    assert not [path for path in (base / "s").rglob("*") if path.is_file()]


@pytest.mark.parametrize("mode", MODES)
def test_a_broken_service_holds_exactly_its_dependents(demo: Field, mode: str) -> None:
    _breaks(demo, BROKEN, mode, REASONS[mode])


@pytest.mark.required("go")
@pytest.mark.parametrize("mode", MODES)
def test_the_go_mesh_breaks_in_the_same_ways(go_mesh: Field, mode: str) -> None:
    _breaks(go_mesh, GO_BROKEN, mode, {**REASONS, **GO_REASONS}[mode])


def _breaks(field: Field, service: str, mode: str, reason: str) -> None:
    break_service(field.folder, service, mode)
    plan = json.loads(field.run("plan", "--format", "json").stdout)
    code, report = field.rollout()
    assert code == 4
    found = states(report)
    broken = next(s for s in report["services"] if s["service_id"] == service)
    assert broken["state"] == "failed"
    assert reason in broken["reason"]
    held = {name for name, state in found.items() if state == "held"}
    assert held == dependents(plan, service)
    rest = {state for name, state in found.items() if name not in held | {service}}
    assert rest == {"verified"}


def test_a_policy_that_holds_tiers_keeps_later_ones_closed(demo: Field, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(
        'version = 1\n[environments.local]\nkind = "local"\ntarget = "local"\n'
        'on_tier_failure = "hold"\n'
    )
    break_service(demo.folder, "M03-Notification-Service", "exit")
    code, report = demo.rollout("--policy", str(policy))
    assert code == 4
    later = [s for s in report["services"] if s["service_id"][:3] in {"M06", "M08", "M04", "M05"}]
    assert {s["state"] for s in later} == {"held"}
    assert {blocked["kind"] for s in later for blocked in s["blocked_by"]} == {"tier"}


@pytest.mark.required("go")
def test_after_the_supervisor_was_killed_status_down_and_rollout_know_what_runs(
    go_mesh: Field,
) -> None:
    go_mesh.rollout()
    before = go_mesh.starts()
    go_mesh.kill_supervisors()
    status = json.loads(go_mesh.run("status", "--format", "json").stdout)
    assert len(status["instances"]) == 12
    go_mesh.kill_supervisors()
    code, report = go_mesh.rollout()
    assert (code, set(states(report).values())) == (0, {"unchanged"})
    assert go_mesh.starts() == before
    go_mesh.kill_supervisors()
    assert go_mesh.run("down", "--yes").stderr.strip() == "stopped"
    assert go_mesh.run("down", "--yes").stderr.strip() == "nothing was running"
