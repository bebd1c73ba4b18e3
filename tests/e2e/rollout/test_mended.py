"""A rollout that holds, and both ways on: the mesh is mended, or what lies outside it."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from e2e.rollout.field import Field, states
from tierline.scaffold.breaks import break_service

BROKEN = "M08-Payments-Ledger-Service"
BEHIND = {BROKEN, "M13-Risk-Scoring-Service", "M09-Payout-Service"}


def again(field: Field, before: dict[str, int]) -> set[str]:
    """Services of which something started since."""
    return {name.partition(".")[0] for name, n in field.starts().items() if n != before.get(name)}


def git(field: Field, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    subprocess.run(["git", "-C", str(field.folder), *identity, *arguments], check=True)


def needs(field: Field, file: Path) -> None:
    """The broken service wants a file that lies outside the mesh."""
    (path,) = field.folder.glob(
        f"mesh/services/*/{BROKEN[:3]}-*/internal/app/bootstrap/__init__.py"
    )
    text = path.read_text()
    wants = (
        "def build(service):\n    import pathlib\n\n"
        f"    if not pathlib.Path({str(file)!r}).exists():\n"
        f"        raise SystemExit('no licence at {file.name}')\n"
    )
    assert text.count("def build(service):\n") == 1
    path.write_text(text.replace("def build(service):\n", wants))


def test_a_mended_mesh_takes_over_and_restarts_nothing_that_is_verified(demo: Field) -> None:
    break_service(demo.folder, BROKEN, "exit")
    code, held = demo.rollout()
    assert (code, held["state"]) == (4, "held")
    refused = demo.run("rollout", "--yes")
    assert (refused.returncode, "rollout/occupied" in refused.stderr) == (1, True)
    git(demo, "revert", "--no-edit", "HEAD")
    resumed = demo.run("resume", "--format", "json")
    assert resumed.returncode == 4, "a resume tries the planned revision again, not the mended one"
    before = dict(demo.starts())
    code, report = demo.rollout("--supersedes", "latest")
    assert (code, report["decision"]) == (0, "GO")
    assert again(demo, before) == BEHIND
    assert demo.run("report", held["rollout_id"], "--format", "json").returncode == 4


def test_what_the_demo_prints_to_mend_and_go_on_does_so(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for somebody whom git does not know."""
    (base / "h").mkdir()
    monkeypatch.setenv("HOME", str(base / "h"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    field = Field(base / "shop", base)
    first = Field(base, base).run("demo", "shop", "--break", "M08=exit", "--keep")
    try:
        assert first.returncode == 4, first.stderr
        told = first.stderr.partition("to mend it and go on:\n")[2].partition("to end it:")[0]
        mend, go_on = (shlex.split(line) for line in told.splitlines())
        subprocess.run(mend, cwd=field.folder, env=field.environ, check=True)
        assert go_on[0] == "tierline"
        done = field.run(*go_on[1:], "--yes", "--format", "json")
        assert (done.returncode, json.loads(done.stdout)["decision"]) == (0, "GO")
    finally:
        field.down()


def test_where_the_cause_lay_outside_the_mesh_resume_is_enough(demo: Field, tmp_path: Path) -> None:
    licence = tmp_path / "licence"
    needs(demo, licence)
    git(demo, "commit", "-qam", "a licence is needed")
    code, held = demo.rollout()
    assert (code, held["state"]) == (4, "held")
    found = states(held)
    assert found[BROKEN] == "failed"
    assert {name for name, state in found.items() if state != "verified"} == BEHIND
    before = dict(demo.starts())
    licence.write_text("yours")
    resumed = demo.run("resume", "--format", "json")
    report = json.loads(resumed.stdout)
    assert (resumed.returncode, report["decision"]) == (0, "GO")
    assert report["rollout_id"] == held["rollout_id"]
    assert again(demo, before) == BEHIND
    attempts = {s["service_id"]: s["attempts"] for s in report["services"]}
    assert attempts[BROKEN] == 2
    assert {attempts[name] for name in attempts if name != BROKEN} == {1}
    closed = [i for i in report["issues"] if i["state"] == "closed"]
    assert [issue["service_id"] for issue in closed] == [BROKEN]
