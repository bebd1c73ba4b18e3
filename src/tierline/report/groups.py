"""Findings of one code put together, so that hundreds of them read as a handful of causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from tierline.facts.decision import Severity
from tierline.frozen import frozen
from tierline.readiness.codes import CODES
from tierline.readiness.model import Finding
from tierline.report.names import short_names
from tierline.report.style import clean

ORDER = (Severity.FAIL, Severity.UNKNOWN, Severity.WARN)
"""the worst first"""
_NAMED = 8
"""services of a cause that are named; the rest is counted"""


@frozen
class Group:
    """All findings of one code and status. `frees`: services against which nothing else counts."""

    code: str
    status: Severity
    findings: Sequence[Finding]
    frees: tuple[str, ...] = ()
    counts: Mapping[str | None, int] = field(default_factory=dict[str | None, int])

    @property
    def title(self) -> str:
        """What the code means, in a few words; "" for one that is not known."""
        return CODES[self.code].title if self.code in CODES else ""

    @property
    def fix(self) -> str:
        """What mends all of them, or what usually does."""
        fixes = {finding.fix for finding in self.findings}
        if len(fixes) == 1:
            return fixes.pop()
        return CODES[self.code].fix if self.code in CODES else ""


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """By code: the worst status first, then what frees most services, then what counts most."""
    found: dict[tuple[Severity, str], list[Finding]] = {}
    against: dict[str, set[str]] = {}
    for finding in findings:
        found.setdefault((finding.status, finding.code), []).append(finding)
        if finding.status is not Severity.WARN and finding.service_id:
            against.setdefault(finding.service_id, set()).add(finding.code)
    groups = [
        Group(
            code,
            status,
            same,
            tuple(sorted(name for name, codes in against.items() if codes == {code})),
            Counter(finding.service_id for finding in same),
        )
        for (status, code), same in found.items()
    ]
    return tuple(sorted(groups, key=_rank))


def _rank(group: Group) -> tuple[int, bool, int, int, str]:
    """What counts against the release counts against every service."""
    counting = group.status is not Severity.WARN
    frees = len(group.frees) if counting else 0
    apart = not (counting and None in group.counts)
    return (ORDER.index(group.status), apart, -frees, -len(group.findings), group.code)


def whom(group: Group) -> str:
    """The services of a group by their short ids, those with most first: `M35 (9), M05 and 3 more`."""
    ranked = sorted(
        group.counts.items(), key=lambda one: (one[0] is not None, -one[1], one[0] or "")
    )
    short = short_names(name for name in group.counts if name)
    said = [
        (short[name] if name else "the release") + (f" ({count})" if count > 1 else "")
        for name, count in ranked
    ]
    more = len(said) - _NAMED
    return clean(", ".join(said[:_NAMED]) + (f" and {more} more" if more > 0 else ""))
