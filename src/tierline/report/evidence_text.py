"""What is known of test runs as text: a line a suite, and below why one does not count."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.testing import SuiteResult
from tierline.mesh.names import short_id
from tierline.report.evidence import EvidenceRow, EvidenceView
from tierline.report.keys import key_id
from tierline.report.layout import table, wrapped
from tierline.report.style import clean
from tierline.report.times import day_and_time

_WIDE = 90
"""columns from which on revisions are shown, too"""


def evidence_text(view: EvidenceView, width: int = 80, *, every: bool = False) -> str:
    """Suites in the order of the selection; `every`: each piece of evidence instead."""
    rows = view.kept if every else view.rows
    good = sum(row.counts for row in rows)
    noun = "pieces of evidence" if every else "suites"
    verb = "count now" if every else "have evidence that counts now"
    lines = wrapped(f"{good} of {len(rows)} {noun} {verb}, in {view.environment}", width)
    cells = 4 if width >= _WIDE else 3
    told = [
        [short_id(row.service_id), row.suite, *_result(row)[:cells], _counts(row)] for row in rows
    ]
    lines += ["", *table(told)] if told else []
    lines += _reasons(rows, width)
    return "\n".join(lines) + "\n"


def _result(row: EvidenceRow) -> list[str]:
    result = row.result
    if result is None:
        return ["nothing", "", "", ""]
    return [outcome(result), day_and_time(result.at)[:16], signer(row), clean(result.revision[:12])]


def outcome(result: SuiteResult) -> str:
    """`3 passed`, `2 of 5 failed`."""
    counts = result.counts
    if counts.failed:
        return f"{counts.failed} of {counts.run} failed"
    return f"{counts.passed} passed" if counts.passed else "no tests"


def signer(row: EvidenceRow) -> str:
    """Whose the key is by the policy, else what its holder calls himself, with the key's id."""
    if row.result is None:
        return ""
    if row.holder:
        return row.holder
    try:
        return f"{row.result.signer} ({key_id(row.result.key)[:8]})"
    except ValueError:
        return row.result.signer


def _counts(row: EvidenceRow) -> str:
    return "counts" if row.counts else row.code


def _reasons(rows: tuple[EvidenceRow, ...], width: int) -> Iterator[str]:
    """Each reason once, with the suites that share it."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for row in rows:
        if not row.counts:
            name = f"{short_id(row.service_id)} {row.suite}"
            found.setdefault((row.code, row.fact, row.changed), []).append(name)
    for (code, fact, changed), names in found.items():
        shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        since = f"; changed since: {', '.join(changed)}" if changed else ""
        yield ""
        yield from wrapped(f"{code}: {shown}", width, "", "  ")
        yield from wrapped(f"{fact}{since}", width, "  ")
