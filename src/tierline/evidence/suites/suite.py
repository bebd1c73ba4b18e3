"""Runs one suite of one service by whatever its languages, or tierline.toml, say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tierline.evidence.suites.command import run_command
from tierline.evidence.suites.golang import run_go
from tierline.evidence.suites.node import run_node
from tierline.evidence.suites.python import Interpreter, run_python
from tierline.evidence.suites.ran import End, Job, Ran, merged

_KNOWN = ("go", "python", "node")


async def run_suite(job: Job, languages: Iterable[str], interpreter: Interpreter) -> Ran:
    """What came of it; whatever cannot be run is unknown, with the reason."""
    if job.argv:
        return await _tried(job, "command", interpreter)
    known = [name for name in _KNOWN if name in set(languages)]
    if not known:
        why = "nothing here knows how to run its tests: name a command in tierline.toml"
        return Ran("", End.UNKNOWN, reason=f"{why}, [services.{job.service_id}.tests]")
    found = [await _tried(job, name, interpreter) for name in known]
    there = [one for one in found if one.end is not End.NONE] or found[:1]
    return merged(there)


async def _tried(job: Job, runner: str, interpreter: Interpreter) -> Ran:
    try:
        ran = await _run(job, runner, interpreter)
    except OSError as error:
        tool = error.filename or runner
        reason = f"{tool}: {error.strerror}; see tierline doctor"
        return Ran(runner, End.UNKNOWN, argv=job.argv, reason=reason)
    if ran is None:
        return Ran(runner, End.NONE, reason=f"there is no test in tests/{job.suite}")
    if ran.end is End.UNKNOWN and not ran.reason:
        return _too_long(ran, job.seconds)
    return ran


async def _run(job: Job, runner: str, interpreter: Interpreter) -> Ran | None:
    if runner == "command":
        return await run_command(job)
    if runner == "go":
        return await run_go(job)
    if runner == "python":
        return await run_python(job, interpreter)
    return await run_node(job)


def _too_long(ran: Ran, seconds: float) -> Ran:
    """Tests that do not end have failed."""
    reason = f"it did not end within {seconds:g} s, and was ended"
    counts = replace(ran.counts, failed=ran.counts.failed + 1)
    failures = (*ran.failures, "did not end in time")
    return replace(ran, end=End.FAILED, counts=counts, failures=failures, reason=reason)
