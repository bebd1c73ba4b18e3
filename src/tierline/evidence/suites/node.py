"""Node: the npm script `test:SUITE` (for the unit suite also `test`), else `node --test` of its files."""

from __future__ import annotations

import json
import re
from typing import Any

from tierline.evidence.suites.command import counted
from tierline.evidence.suites.ran import End, Job, Ran, ended
from tierline.evidence.toolchain import toolchain
from tierline.facts.testing import Counts, Suite
from tierline.programs import run
from tierline.regex import regex

_ENDINGS = (".js", ".mjs", ".cjs", ".ts")
_TOLD = regex(r"^(?:#|\u2139) (tests|pass|fail|cancelled|skipped|todo) (\d+)\s*$", re.MULTILINE)
_JEST = regex(r"^Tests:\s+(.*\d+ total)\s*$", re.MULTILINE)
_MOCHA = regex(r"^\s+(\d+) (passing|failing|pending)\b", re.MULTILINE)


async def run_node(job: Job) -> Ran | None:
    """Run the suite; None where there is neither a script nor a file for it."""
    argv = _argv(job)
    if argv is None:
        return None
    environ = {**job.environ, "NO_COLOR": "1", "FORCE_COLOR": "0", "npm_config_fund": "false"}
    done = await run(argv, job.folder, environ, job.seconds)
    runner = "npm" if argv[0] == "npm" else "node"
    counts = counts_of(done.output)
    ran = Ran(runner, End.UNKNOWN, counts or Counts(), argv=argv, tool=toolchain("node"),
              seconds=done.seconds, output=done.output)  # fmt: skip
    if done.code is None:
        return ran
    return ended(ran if counts else counted(ran, done.code), done.code)


def _argv(job: Job) -> tuple[str, ...] | None:
    scripts = _scripts(job)
    names = (f"test:{job.suite}", *(("test",) if job.suite is Suite.UNIT else ()))
    for name in names:
        if name in scripts:
            return ("npm", "run", "--silent", name)
    files = (path for path in sorted(job.own.rglob("*")) if path.name.endswith(_ENDINGS[:3]))
    found = [path.relative_to(job.folder).as_posix() for path in files if path.is_file()]
    return ("node", "--test", *found[:500]) if found else None


def _scripts(job: Job) -> dict[str, Any]:
    try:
        found: Any = json.loads((job.folder / "package.json").read_bytes())["scripts"]
        return dict(found)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def counts_of(output: str) -> Counts | None:
    """What node:test, Jest or Mocha count at the end; None where nobody counts."""
    if told := {name: int(number) for name, number in _TOLD.findall(output)}:
        failed = told.get("fail", 0) + told.get("cancelled", 0)
        return Counts(told.get("pass", 0), failed, told.get("skipped", 0) + told.get("todo", 0))
    if jest := _JEST.search(output):
        words = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", jest[1])}
        return Counts(words.get("passed", 0), words.get("failed", 0), words.get("skipped", 0))
    if mocha := {word: int(number) for number, word in _MOCHA.findall(output)}:
        return Counts(mocha.get("passing", 0), mocha.get("failing", 0), mocha.get("pending", 0))
    return None
