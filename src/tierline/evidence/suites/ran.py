"""What came of one suite of one service, whoever ran it; knows no tool and no service."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from tierline.facts.testing import Counts, Outcome, Suite
from tierline.frozen import frozen

MOST_NAMED = 1000
"""tests of one suite that are named, of each kind"""


class End(StrEnum):
    """`NONE`: there is no test to run. `UNKNOWN`: nobody could tell, or it was not run."""

    PASSED = "passed"
    FAILED = "failed"
    NONE = "none"
    UNKNOWN = "unknown"


@frozen
class Ran:
    """`argv` is the command as people read it. `output` is of what failed; `reason` why it is not passed."""

    runner: str
    end: End
    counts: Counts = Counts()
    passes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    argv: tuple[str, ...] = ()
    tool: str = ""
    seconds: float = 0.0
    output: str = ""
    reason: str = ""

    @property
    def outcome(self) -> Outcome | None:
        """What evidence can say of it; None where it shows nothing."""
        return {End.PASSED: Outcome.PASSED, End.FAILED: Outcome.FAILED}.get(self.end)


@frozen
class Job:
    """One suite of one service to run.

    `folder` is the service's, `root` the mesh's; `imports` are folders that Python imports from.
    `argv` is the command that tierline.toml names, none where it does not. `environ` is the
    caller's. `scratch` is an empty folder that is removed afterwards. `member`: go.work lists it.
    """

    service_id: str
    suite: Suite
    root: Path
    folder: Path
    environ: Mapping[str, str]
    scratch: Path
    seconds: float
    argv: tuple[str, ...] = ()
    imports: tuple[Path, ...] = ()
    member: bool = False

    @property
    def own(self) -> Path:
        """The folder of the suite, there or not."""
        return self.folder / "tests" / self.suite


def ended(ran: Ran, code: int) -> Ran:
    """The result that counts and exit code make together; none of them is ever overlooked."""
    counts = ran.counts
    if code == 0 and not counts.failed:
        if counts.passed:
            return replace(ran, end=End.PASSED, output="")
        skipped = (
            f"all {counts.skipped} tests were skipped" if counts.skipped else "it has no tests"
        )
        return replace(ran, end=End.NONE, reason=skipped)
    if counts.failed:
        reason = f"{counts.failed} of {counts.run} tests failed"
        return replace(ran, end=End.FAILED, reason=reason)
    said = shlex.join(ran.argv)[:200]
    reason = f"{said} ended with {code}" if code >= 0 else f"{said} was ended by signal {-code}"
    failed = Counts(counts.passed, 1, counts.skipped)
    return replace(ran, end=End.FAILED, counts=failed, failures=(said,), reason=reason)


def merged(every: Iterable[Ran]) -> Ran:
    """One result of several languages' tests of one suite; as good as the worst."""
    found = list(every)
    if len(found) == 1:
        return found[0]
    rank = (End.FAILED, End.UNKNOWN, End.NONE, End.PASSED)
    return Ran(
        runner="+".join(one.runner for one in found),
        end=min((one.end for one in found), key=rank.index),
        counts=Counts(
            sum(one.counts.passed for one in found),
            sum(one.counts.failed for one in found),
            sum(one.counts.skipped for one in found),
        ),
        passes=tuple(name for one in found for name in one.passes)[:MOST_NAMED],
        failures=tuple(name for one in found for name in one.failures)[:MOST_NAMED],
        argv=tuple(word for one in found for word in (*one.argv, "&&"))[:-1],
        tool=", ".join(one.tool for one in found if one.tool),
        seconds=sum(one.seconds for one in found),
        output="\n".join(one.output for one in found if one.output),
        reason="; ".join(one.reason for one in found if one.reason),
    )
