"""A suite that tierline.toml gives a command for: its exit code, and a JUnit report if it writes one.

The command finds the place for a report in TIERLINE_JUNIT. Without one it counts as one test: who
names a command vouches that it tests something.
"""

from __future__ import annotations

import shlex
from dataclasses import replace

from tierline.evidence.suites.junit import LARGEST, NoReport, Report, read_junit
from tierline.evidence.suites.ran import End, Job, Ran, ended
from tierline.facts.testing import Counts
from tierline.programs import run

REPORT = "TIERLINE_JUNIT"


async def run_command(job: Job) -> Ran:
    """Run the command of the job in the service's folder. OSError where it cannot start."""
    path = job.scratch / "report.xml"
    done = await run(job.argv, job.folder, {**job.environ, REPORT: str(path)}, job.seconds)
    ran = Ran("command", End.UNKNOWN, argv=job.argv, seconds=done.seconds, output=done.output)
    if done.code is None:
        return ran
    if not path.exists():
        return ended(counted(ran, done.code), done.code)
    try:
        with path.open("rb") as file:
            report = read_junit(file.read(LARGEST + 1))
    except (NoReport, OSError) as error:
        return replace(ran, reason=f"the report that it wrote cannot be read: it {error}")
    return ended(_with(ran, report), done.code)


def counted(ran: Ran, code: int) -> Ran:
    """A command that counts nothing, as one test."""
    if code != 0:
        return ran
    return replace(ran, counts=Counts(1), passes=(shlex.join(ran.argv)[:300],))


def _with(ran: Ran, report: Report) -> Ran:
    return replace(ran, counts=report.counts, passes=report.passes, failures=report.failures)
