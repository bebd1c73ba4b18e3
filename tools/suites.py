"""Runs the project's suites in turn and accounts for their minutes; knows nothing of any test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
RESULTS = ROOT / ".cache" / "results"
TOTAL_MINUTES = 60.0
"""What all suites of one run may take together; past it the run is ended and has failed."""


@dataclass(frozen=True)
class Suite:
    """Commands that belong together, as words whose first is a tool of .venv; then pytest's words.

    `minutes` is what the suite should take on two cores. Only the total is enforced.
    """

    minutes: float
    commands: tuple[tuple[str, ...], ...] = ()
    tests: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Outcome:
    """Of one suite or of all: tests by outcome (a command counts as one), and seconds."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0

    def add(self, other: Outcome) -> None:
        """Take the other's numbers on."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.seconds += other.seconds


SUITES = {
    "check": Suite(
        minutes=3,
        commands=(
            ("ruff", "format", "--check", "--quiet", "."),
            ("ruff", "check", "--quiet", "."),
            ("lint-imports", "--no-logo", "--cache-dir", ".cache/import-linter"),
            ("basedpyright", "--level", "error"),
        ),
        tests=("tests/test_tidy.py", "tests/test_documents.py"),
    ),
    "quick": Suite(
        minutes=1,
        tests=(
            "tests/unit",
            "tests/properties",
            "tests/golden",
            "-n",
            "2",
            "-m",
            "not slow",
            "--hypothesis-profile=quick",
        ),
    ),
    "unit": Suite(
        minutes=6,
        tests=(
            "tests/unit",
            "tests/properties",
            "tests/golden",
            "-n",
            "2",
        ),
    ),
    "simulation": Suite(
        minutes=10,
        tests=("tests/simulation", "-n", "2"),
        environment={"TIERLINE_SIMULATED_ROLLOUTS": "10000"},
    ),
    "e2e": Suite(
        minutes=20,
        tests=(
            "tests/e2e",
            "--ignore=tests/e2e/kubernetes",
            "--ignore=tests/e2e/compose",
            "-n",
            "4",
            "--dist",
            "loadfile",
        ),
    ),
    "targets": Suite(
        minutes=9,
        tests=(
            "tests/conformance",
            "tests/e2e/compose",
            "-k",
            "not kubernetes",
            "-n",
            "2",
            "--dist",
            "loadfile",
        ),
    ),
    "kubernetes": Suite(
        minutes=11, tests=("tests/e2e/kubernetes", "tests/conformance", "-k", "kubernetes")
    ),
    "soak": Suite(
        minutes=TOTAL_MINUTES,
        tests=(
            "tests/properties",
            "tests/simulation",
            "tests/e2e/rollout/test_chaos.py",
            "tests/e2e/kubernetes/test_faulty_rollouts.py",
            "-n",
            "2",
            "--hypothesis-profile=soak",
        ),
        environment={
            "TIERLINE_SIMULATED_ROLLOUTS": "40000",
            "TIERLINE_CHAOS_SEEDS": "7 8 9 10 11 12 13 14",
            "TIERLINE_FAULTS": "all",
            "TIERLINE_FAULT_SEEDS": "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
        },
    ),
}


def main(names: list[str]) -> int:
    """Run the suites named; 0 when all passed in time, 1 otherwise, 2 for an unknown name."""
    unknown = [name for name in names if name not in SUITES]
    if unknown or not names:
        print(f"suites: say some of {', '.join(SUITES)}; not {', '.join(unknown) or 'nothing'}")
        return 2
    deadline = time.monotonic() + TOTAL_MINUTES * 60
    outcomes = {name: run(name, deadline) for name in names}
    return account(outcomes)


def run(name: str, deadline: float) -> Outcome:
    """Run one suite to its end, whatever fails on the way."""
    suite = SUITES[name]
    print(f"\n== {name} (budget {suite.minutes:g} min)", flush=True)
    began = time.monotonic()
    outcome = Outcome()
    for words in suite.commands:
        code = start([str(BIN / words[0]), *words[1:]], suite, deadline)
        print(f"{'ok  ' if code == 0 else 'FAIL'} {' '.join(words)}", flush=True)
        outcome.add(Outcome(passed=int(code == 0), failed=int(code != 0)))
    if suite.tests:
        outcome.add(run_tests(name, suite, deadline))
    outcome.seconds = time.monotonic() - began
    return outcome


def run_tests(name: str, suite: Suite, deadline: float) -> Outcome:
    """Run pytest; what it counted comes from its own record, a run without one is a failure."""
    record = RESULTS / f"{name}.xml"
    record.unlink(missing_ok=True)
    code = start(
        [str(BIN / "pytest"), *suite.tests, f"--junitxml={record}", "-o", "junit_family=xunit2"],
        suite,
        deadline,
    )
    counted = read_record(record)
    if code != 0 and counted.failed == 0:
        print(f"FAIL {name}: pytest ended with exit code {code}", flush=True)
        counted.failed += 1
    return counted


def start(argv: list[str], suite: Suite, deadline: float) -> int:
    """Run a program in a process group of its own, ended with all it started at the deadline."""
    environment = {**os.environ, **suite.environment}
    with subprocess.Popen(
        argv, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"FAIL {argv[0]}: the {TOTAL_MINUTES:g} minutes of the whole run are over")
            return 1
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def read_record(record: Path) -> Outcome:
    """The numbers of a JUnit file; all zero where there is none."""
    if not record.exists():
        return Outcome()
    suites = ET.parse(record).getroot().iter("testsuite")
    outcome = Outcome()
    for suite in suites:
        numbers = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors")}
        skipped = int(suite.get("skipped", "0"))
        failed = numbers["failures"] + numbers["errors"]
        outcome.add(Outcome(numbers["tests"] - failed - skipped, failed, skipped))
    return outcome


def account(outcomes: dict[str, Outcome]) -> int:
    """Print minutes and counts of every suite, then one closing line for all of them."""
    total = Outcome()
    print("\nsuite         budget    used   passed  failed  skipped")
    for name, outcome in outcomes.items():
        total.add(outcome)
        used, budget = outcome.seconds / 60, SUITES[name].minutes
        print(
            f"{name:<12} {budget:>4g} min {used:>5.1f} min {outcome.passed:>6} {outcome.failed:>7}"
            f" {outcome.skipped:>8}{'   over budget' if used > budget else ''}"
        )
    late = total.seconds > TOTAL_MINUTES * 60
    if late:
        total.failed += 1
        print(f"FAIL the run took {total.seconds / 60:.1f} min of {TOTAL_MINUTES:g}")
    print(f"\n{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return int(total.failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
