"""A run of suites as text: the decision, a line a service, and what failed with its last words."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from tierline.facts.testing import Suite
from tierline.mesh.names import short_id
from tierline.report.keys import key_id
from tierline.report.layout import table, wrapped
from tierline.report.style import clean
from tierline.report.suites import SuiteLine, SuitesRun
from tierline.report.times import span

_LINES = 40
"""of output that are shown of a suite, the last ones"""
_SUITES = 10
"""whose output is shown"""


def suites_text(run: SuitesRun, width: int = 80) -> str:
    """The whole run in about `width` columns; output of tests keeps its lines."""
    lines = [*wrapped(headline(run), width), "", *_table(run)]
    wrong = [line for line in run.lines if line.end != "passed" or line.reason]
    failed = [line for line in wrong if line.end == "failed"]
    for line in failed[:_SUITES]:
        lines += ["", *_details(line, width)]
    if len(failed) > _SUITES:
        lines += ["", f"and {len(failed) - _SUITES} more that failed; see --format json"]
    lines += _open(wrong, width)
    return "\n".join([*lines, "", *wrapped(_evidence(run), width)]) + "\n"


def headline(run: SuitesRun) -> str:
    """The decision and what it is made of."""
    ends = [line.end for line in run.lines]
    services = len(run.by_service())
    words = {"failed": "failed", "unknown": "unknown", "none": "without tests"}
    told = [f"{ends.count(end)} {word}" for end, word in words.items() if end in ends]
    told.append(f"{ends.count('passed')} passed")
    noun = (
        f"suite{'s' if len(ends) != 1 else ''} of {services} service{'s' if services != 1 else ''}"
    )
    tests = sum(line.counts.run for line in run.lines)
    count = f"{tests} test{'s' if tests != 1 else ''} in {span(run.seconds)}"
    return f"{run.decision}: {len(ends)} {noun}: {', '.join(told)}; {count}"


def _table(run: SuitesRun) -> list[str]:
    suites = [suite for suite in Suite if any(line.suite is suite for line in run.lines)]
    rows = [["service", *map(str, suites)]]
    for service_id, lines in run.by_service().items():
        cells = {line.suite: cell(line) for line in lines}
        rows.append([service_id, *(cells.get(suite, "") for suite in suites)])
    return table(rows)


def cell(line: SuiteLine) -> str:
    """A suite in two words."""
    if line.end == "passed":
        skipped = f" ({line.counts.skipped} skipped)" if line.counts.skipped else ""
        return f"{line.counts.passed} passed{skipped}"
    if line.end == "failed":
        return f"{line.counts.failed} of {line.counts.run} failed"
    return "no tests" if line.end == "none" else "unknown"


def _open(wrong: list[SuiteLine], width: int) -> Iterator[str]:
    """What did not fail and proves nothing all the same: each reason once."""
    found: dict[str, list[str]] = {}
    for line in wrong:
        if line.end != "failed":
            reason = line.reason or str(line.end)
            found.setdefault(reason, []).append(f"{short_id(line.service_id)} {line.suite}")
    for reason, names in found.items():
        more = f" and {len(names) - _SUITES} more" if len(names) > _SUITES else ""
        yield ""
        yield from wrapped(f"{', '.join(names[:_SUITES])}{more}: {reason}", width, "", "  ")


def _details(line: SuiteLine, width: int) -> Iterator[str]:
    head = f"{short_id(line.service_id)} {line.suite}: {line.end}"
    yield from wrapped(f"{head}: {line.reason}" if line.reason else head, width, "", "  ")
    if line.argv:
        yield f"  $ {clean(shlex.join(line.argv))[: max(width - 4, 40)]}"
    said = [clean(one.expandtabs(4)) for one in line.output.rstrip().split("\n")]
    if len(said) > _LINES:
        yield f"    ... {len(said) - _LINES} lines before"
    yield from (f"    {one}".rstrip() for one in said[-_LINES:])


def _evidence(run: SuitesRun) -> str:
    if not run.key:
        return "no evidence was kept, as asked"
    kept = sum(line.kept for line in run.lines)
    if not kept:
        return "no evidence was kept: nothing was proven"
    places = ", ".join(run.environments)
    return f"evidence of {kept} suites kept for {places}, signed by {run.signer} (key {key_id(run.key)})"
