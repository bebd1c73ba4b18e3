"""Python: unittest, or pytest where the tests need it, with the paths that the service runs with.

Tests need pytest where they import it, are plain functions, or have a conftest.py or settings for
it. So the same tests have the same runner on every machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from tierline.evidence.suites import unittest_probe
from tierline.evidence.suites.junit import LARGEST, NoReport, read_junit
from tierline.evidence.suites.ran import MOST_NAMED, End, Job, Ran, ended
from tierline.facts.testing import Counts
from tierline.programs import run
from tierline.regex import regex

_NO_TESTS = 5
"""how pytest ends where it found none; so does unittest since Python 3.12"""
_ASK = "import sys\ntry:\n import pytest\n print(sys.executable, pytest.__version__, sep='\\n')\nexcept ImportError:\n print(sys.executable)"
_ASK_SECONDS = 30.0
_PYTEST = regex(
    r"^(?:async +)?def +test|^\s*(?:import|from) +pytest\b|^\[tool\.pytest", re.MULTILINE
)


class Interpreter:
    """The `python3` of PATH, asked once what it can do."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._found: tuple[str, str] | None = None

    async def found(self, environ: dict[str, str]) -> tuple[str, str]:
        """(program, version of its pytest or "")."""
        async with self._lock:
            if self._found is None:
                self._found = await _ask(environ)
        return self._found


async def _ask(environ: dict[str, str]) -> tuple[str, str]:
    program = shutil.which("python3", path=environ.get("PATH")) or sys.executable
    done = await run([program, "-c", _ASK], Path("/"), environ, _ASK_SECONDS)
    lines = done.output.split("\n")
    if done.code != 0 or not lines[0].startswith("/"):
        return program, ""
    return lines[0], lines[1].strip() if len(lines) > 1 else ""


async def run_python(job: Job, interpreter: Interpreter) -> Ran | None:
    """Run the suite; None where its folder holds no test file."""
    if not any("__pycache__" not in path.parts for path in job.own.rglob("*.py")):
        return None
    environ = {
        **job.environ,
        "PYTHONPATH": os.pathsep.join(map(str, job.imports)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    python, pytest = await interpreter.found(dict(job.environ))
    if not _needs_pytest(job):
        return await _unittest(job, python, environ)
    if not pytest:
        reason = "its tests are written for pytest, which the python3 on PATH does not have"
        return Ran("pytest", End.UNKNOWN, reason=reason)
    return await _pytest(job, python, pytest, environ)


def _needs_pytest(job: Job) -> bool:
    settings = (job.folder / name for name in ("pytest.ini", "conftest.py", "tests/conftest.py"))
    if any(path.is_file() for path in settings):
        return True
    return any(
        path.name == "conftest.py" or _PYTEST.search(_content(path))
        for path in (job.folder / "pyproject.toml", *sorted(job.own.rglob("*.py")))
    )


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


async def _pytest(job: Job, python: str, version: str, environ: dict[str, str]) -> Ran:
    report = job.scratch / "report.xml"
    words = ("-m", "pytest", f"tests/{job.suite}", "-q", "-p", "no:cacheprovider")
    own = (f"--junitxml={report}", "--color=no")
    done = await run([python, *words, *own], job.folder, environ, job.seconds)
    found = _report(report)
    ran = Ran(
        "pytest",
        End.UNKNOWN,
        found[0],
        *found[1:],
        argv=("python3", *words),
        tool=f"pytest {version}",
        seconds=done.seconds,
        output=done.output,
    )
    if done.code == _NO_TESTS and not ran.counts.run:
        return ended(ran, 0)
    return ran if done.code is None else ended(ran, done.code)


def _report(path: Path) -> tuple[Counts, tuple[str, ...], tuple[str, ...]]:
    """(counts, passes, failures); nothing where there is no report, which the exit code explains."""
    try:
        with path.open("rb") as file:
            report = read_junit(file.read(LARGEST + 1))
    except (OSError, NoReport):
        return Counts(), (), ()
    return report.counts, report.passes, report.failures


async def _unittest(job: Job, python: str, environ: dict[str, str]) -> Ran:
    report = job.scratch / "report.json"
    probe = [python, unittest_probe.__file__, f"tests/{job.suite}", str(report)]
    done = await run(probe, job.folder, environ, job.seconds)
    counts, passes, failures = _told(report)
    ran = Ran(
        "unittest",
        End.UNKNOWN,
        counts,
        passes,
        failures,
        ("python3", "-m", "unittest", "discover", "-s", f"tests/{job.suite}"),
        "unittest",
        done.seconds,
        done.output,
    )
    return ran if done.code is None else ended(ran, done.code)


def _told(path: Path) -> tuple[Counts, tuple[str, ...], tuple[str, ...]]:
    try:
        told: Any = json.loads(path.read_bytes())
        names = {key: [str(name)[:300] for name in told[key]] for key in ("passed", "failed")}
        skipped = int(told["skipped"])
    except (OSError, ValueError, KeyError, TypeError):
        return Counts(), (), ()
    counts = Counts(len(names["passed"]), len(names["failed"]), skipped)
    return counts, tuple(names["passed"][:MOST_NAMED]), tuple(names["failed"][:MOST_NAMED])
