"""Test evidence from end to end: real tests, real signatures, and everything that must not count."""

from __future__ import annotations

import base64
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from e2e.cli.shop import Shop
from e2e.rollout.field import TIERLINE
from ended import ends

SERVICE = "M11-Settings-Registry-Service"
FOLDER = "services/platform-ops/M11-settings-registry-service"
POLICY = """\
version = 1
[environments.stage]
kind = "staging"
target = "local"
[environments.prod]
kind = "production"
target = "local"
[environments.prod.requirements]
trusted_tests = "{trusted}"
[limits]
test_hours = {hours}
[trust]
keys = [{keys}]
"""
PATIENCE = 60.0


def findings(shop: Shop, *more: str) -> dict[str, str]:
    """Code -> status of what gate tests says of M11."""
    told = shop.tell("check", "M11", "--gate", "tests", "--format", "json", *more)
    return {one["code"]: one["status"] for one in told.document["findings"]}


def files(shop: Shop, environment: str = "local") -> list[Path]:
    """The evidence that is kept for an environment."""
    return sorted((shop.base / "state").glob(f"tierline/*-{environment}-*/evidence/*.dsse.json"))


def envelope(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(envelope, statement) of a file."""
    outer = json.loads(file.read_text())
    return outer, json.loads(base64.b64decode(outer["payload"]))


def put(file: Path, outer: dict[str, Any], inner: dict[str, Any]) -> None:
    payload = base64.b64encode(json.dumps(inner).encode()).decode()
    file.write_text(json.dumps({**outer, "payload": payload}))


def policy(shop: Shop, hours: float = 168.0, trusted: str = "required", keys: str = "") -> Path:
    file = shop.base / "policy.toml"
    file.write_text(POLICY.format(hours=hours, trusted=trusted, keys=keys))
    return file


def test_tests_make_evidence_of_exactly_what_was_tested(tested: Shop) -> None:
    assert findings(tested) == {}
    shown = tested.tell("evidence", "show", "M11", "--format", "json").document
    assert [(row["suite"], row["counts"]) for row in shown["suites"]] == [
        ("unit", True), ("integration", True), ("contract", True),
    ]  # fmt: skip
    assert shown["suites"][0]["result"]["runner"] == "unittest"
    assert len(files(tested)) == len(files(tested, "stage")) == 3
    readme = tested.mesh / FOLDER / "README.md"
    before = readme.read_text()
    readme.write_text(before + "more\n")
    assert findings(tested) == {"tests/other-revision": "warn"}
    shown = tested.tell("evidence", "show", "M11", "--format", "json").document
    assert {tuple(row["changed"]) for row in shown["suites"]} == {("service tree",)}
    readme.write_text(before)
    assert findings(tested) == {}


def resigned(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    outer, inner = envelope(file)
    change(inner)
    put(file, outer, inner)


def notes(inner: dict[str, Any]) -> dict[str, Any]:
    return inner["predicate"]["configuration"][0]["annotations"]


def flip(outer: dict[str, Any]) -> str:
    raw = bytearray(base64.b64decode(outer["signatures"][0]["sig"]))
    raw[0] ^= 1
    return base64.b64encode(raw).decode()


def forge(file: Path) -> None:
    outer, inner = envelope(file)
    outer["signatures"][0]["sig"] = flip(outer)
    put(file, outer, inner)


def strip(file: Path) -> None:
    outer, _ = envelope(file)
    file.write_text(json.dumps({**outer, "signatures": []}))


def rename(file: Path) -> None:
    shutil.copy(file, file.with_name(file.name.replace(".unit.", ".contract.")))


TAMPERED: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "a flipped bit of the signature": (forge, {"tests/bad-signature"}),
    "more tests than passed": (
        lambda file: resigned(file, lambda inner: notes(inner).update(passed=99)),
        {"tests/bad-signature"},
    ),
    "another environment written in": (
        lambda file: resigned(file, lambda inner: notes(inner).update(environments=["prod"])),
        {"tests/bad-signature"},
    ),
    "a newer time": (
        lambda file: resigned(file, lambda inner: notes(inner).update(at="2999-01-01T00:00:00Z")),
        {"tests/bad-signature"},
    ),
    "no signature": (strip, {"tests/unsigned"}),
    "an empty file": (lambda file: file.write_text(""), {"tests/malformed"}),
    "no JSON": (lambda file: file.write_bytes(b"\xff\x00{"), {"tests/malformed"}),
    "a link": (
        lambda file: (file.rename(file.with_suffix(".x")), file.symlink_to(file.with_suffix(".x"))),
        {"tests/malformed"},
    ),
    "a folder": (lambda file: (file.unlink(), file.mkdir()), {"tests/malformed"}),
    "a revision that its parts do not make": (
        lambda file: resigned(file, lambda inner: inner["subject"][0]["digest"].update(
            tierlineSource="0" * 32)),
        {"tests/malformed"},
    ),
    "nothing any more": (lambda file: file.unlink(), {"tests/missing"}),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_never_counts(tested: Shop, name: str) -> None:
    tamper, expected = TAMPERED[name]
    unit = next(file for file in files(tested) if ".unit." in file.name)
    tamper(unit)
    assert findings(tested) == dict.fromkeys(expected, "warn")


def test_evidence_of_another_suite_in_its_place(tested: Shop) -> None:
    unit, contract = (
        next(file for file in files(tested) if f".{suite}." in file.name)
        for suite in ("unit", "contract")
    )
    shutil.copy(contract, unit)
    assert findings(tested) == {"tests/other-service": "warn"}


def test_keys_decide_where_evidence_counts(tested: Shop) -> None:
    line = tested.tell("key", "list").out.split()
    key, name = next(word for word in line if word.startswith("ed25519:")), line[0]
    told = tested.tell("test", "M11", "--env", "prod", "--policy", str(policy(tested)))
    assert "does not trust your key" in told.err
    here = ("--env", "prod", "--policy", str(policy(tested)))
    assert findings(tested, *here) == {"tests/key-not-trusted": "unknown"}
    policy(tested, keys=f'"{name} {key}"')
    assert findings(tested, *here) == {}
    policy(tested, trusted="off")
    assert findings(tested, *here) == {}
    shutil.rmtree(tested.base / "config")
    assert findings(tested, *here) == {"tests/foreign-key": "unknown"}
    assert findings(tested) == {"tests/foreign-key": "warn"}


def test_evidence_travels_with_its_signatures(tested: Shop) -> None:
    file = tested.base / "evidence.jsonl"
    assert tested.tell("evidence", "export", str(file), "M11").code == 0
    shutil.rmtree(tested.base / "state")
    (tested.base / "state").mkdir(mode=0o700)
    assert findings(tested) == {}  # of one service: that nobody tested is said of the release
    told = tested.tell("evidence", "import", str(file))
    assert (told.code, told.err) == (0, "kept 3 pieces of evidence for local; 3 count now\n")
    assert findings(tested) == {}
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], lines[2].replace('"sig": "', '"sig": "AAAA')]))
    told = tested.tell("evidence", "import", str(file))
    assert told.code == 2
    assert "nothing was kept" in told.err and ":3" in told.err
    told = tested.tell("evidence", "import", str(file), "--env", "prod")
    assert told.code == 2 and "made for local, stage" in told.err


def test_a_plan_whose_evidence_expires_is_refused_when_it_begins(tested: Shop) -> None:
    here = ("--env", "stage", "--policy", str(policy(tested, hours=1.0)))
    file = tested.base / "plan.json"
    assert findings(tested, *here) == {}
    tested.tell("plan", "M11", "-o", str(file), *here)
    for old in files(tested, "stage"):
        old.unlink()
    told = tested.tell("rollout", str(file), "--yes", *here)
    assert told.code == 2
    assert "tests/missing" in told.err


def test_age_is_judged_anew(tested: Shop) -> None:
    here = ("--env", "stage", "--policy", str(policy(tested, hours=0.0001)))
    assert findings(tested, *here) == {"tests/expired": "unknown"}


def test_two_at_once_keep_what_both_have_proven(tested: Shop) -> None:
    both = [
        subprocess.Popen([*TIERLINE, "test", name], cwd=tested.mesh, env=tested.environ)
        for name in ("M10", "M11")
    ]
    assert [one.wait(timeout=PATIENCE) for one in both] == [0, 0]
    shown = tested.tell("evidence", "show", "M10", "M11", "--format", "json").document
    assert [row["counts"] for row in shown["suites"]] == [True] * 6


def commanded(shop: Shop, suite: str, *argv: str) -> None:
    settings = shop.mesh / "tierline.toml"
    text = settings.read_text() if settings.exists() else ""
    settings.write_text(f"{text}\n[services.M11.tests]\n{suite} = {json.dumps(list(argv))}\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_all_that_the_tests_started(tested: Shop, number: signal.Signals) -> None:
    pids = tested.base / "pids"
    script = f"trap '' TERM; sleep 300 & echo $! > {pids}.part; mv {pids}.part {pids}; wait"
    commanded(tested, "unit", "sh", "-c", script)
    running = subprocess.Popen(
        [*TIERLINE, "test", "M11"], cwd=tested.mesh, env=tested.environ, stderr=subprocess.PIPE
    )
    until = time.monotonic() + PATIENCE
    while not pids.exists() and time.monotonic() < until:
        time.sleep(0.02)
    running.send_signal(number)
    _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130, said
    assert ends(int(pids.read_text()))
    assert b"Traceback" not in said


def test_what_does_not_end_has_failed_and_what_fails_is_shown(tested: Shop) -> None:
    commanded(tested, "unit", "sh", "-c", "echo waiting for a friend; sleep 300")
    told = tested.tell("test", "M11", "--suite", "unit", "--timeout", "1")
    assert told.code == 3
    assert "waiting for a friend" in told.out and "did not end within 1 s" in told.out
    assert findings(tested) == {"tests/failed": "warn"}


def test_tests_that_change_what_they_test_prove_nothing(tested: Shop) -> None:
    commanded(tested, "unit", "sh", "-c", "date +%N >> README.md")
    told = tested.tell("test", "M11", "--suite", "unit", "--format", "json")
    assert (told.code, told.document["decision"]) == (4, "HOLD")
    (suite,) = told.document["services"][0]["suites"]
    assert (suite["end"], suite["evidence"]) == ("passed", False)


def test_a_suite_without_tests_is_unknown(tested: Shop) -> None:
    shutil.rmtree(tested.mesh / FOLDER / "tests/contract")
    told = tested.tell("test", "M11", "--format", "json")
    assert told.code == 4
    ends = {one["suite"]: one["end"] for one in told.document["services"][0]["suites"]}
    assert ends == {"unit": "passed", "integration": "passed", "contract": "none"}


PYTEST = "import pytest\n\ndef test_it():\n    assert 1 + 1 == 2\n\n@pytest.mark.skip\ndef test_other(): ...\n"


def test_pytest_is_used_where_tests_need_it(tested: Shop) -> None:
    (tested.mesh / FOLDER / "tests/unit/test_more.py").write_text(PYTEST)
    told = tested.tell("test", "M11", "--suite", "unit", "--format", "json")
    (suite,) = told.document["services"][0]["suites"]
    assert (told.code, suite["runner"], suite["skipped"]) == (0, "pytest", 1)


@pytest.mark.required("git")
def test_a_report_of_elsewhere_is_bound_to_what_is_committed(tested: Shop) -> None:
    report = tested.base / "report.xml"
    report.write_text(
        '<testsuites><testsuite name="a"><testcase classname="A" name="one"/></testsuite></testsuites>'
    )
    for old in files(tested):
        if ".unit." in old.name:
            old.unlink()
    words = ("evidence", "import", str(report), "--service", "M11")
    told = tested.tell(*words)
    assert told.code == 0, told
    assert "taken to be of what is checked out" in told.err
    assert findings(tested) == {}
    (tested.mesh / FOLDER / "README.md").write_text("changed\n")
    told = tested.tell(*words)
    assert told.code == 2 and "not committed" in told.err
    told = tested.tell(*words, "--revision", "0" * 32)
    assert told.code == 0 and "other-revision" in told.err
    report.write_text('<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>')
    told = tested.tell(*words)
    assert told.code == 2 and "entities" in told.err


def test_without_a_home_check_says_so_and_test_asks_for_one(tested: Shop) -> None:
    homeless = tested.under(HOME=None, XDG_STATE_HOME=None, XDG_CONFIG_HOME=None)
    told = homeless.tell("check", "--gate", "tests", "--format", "json")
    assert [one["code"] for one in told.document["findings"]] == ["tests/no-state"]
    told = homeless.tell("test", "M11")
    assert told.code == 2 and "XDG_CONFIG_HOME" in told.err
    assert homeless.tell("test", "M11", "--suite", "unit", "--no-evidence").code == 0


def test_a_folder_that_others_may_enter_is_not_believed(tested: Shop) -> None:
    files(tested)[0].parent.chmod(0o755)
    told = tested.tell("check", "--gate", "tests", "--format", "json")
    assert [one["code"] for one in told.document["findings"]] == ["tests/no-state"]
