"""A check as annotations of a GitHub Actions step: the worst first, as many as GitHub shows.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the others silently; so
the last line is a notice that says how many are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tierline.facts.decision import Severity
from tierline.readiness.model import Check, Finding
from tierline.report.check_places import Located, ranked
from tierline.report.check_text import headline
from tierline.report.groups import ORDER
from tierline.report.style import clean

MOST = 10
"""annotations of one level that GitHub shows for a step"""
_LONGEST = 2000


def check_github(check: Check, located: Located) -> str:
    """Workflow commands, a line each. What stops the release is an error, the rest a warning.

    Waived findings are known to somebody, so they take nobody's place here: they are only counted.
    """
    shown = check.findings
    fresh = _spread(one for one in ranked(shown) if one.waiver is None)
    errors = [one for one in fresh if one.status is not Severity.WARN]
    warnings = [one for one in fresh if one.status is Severity.WARN]
    lines = [
        *(_command("error", one, located) for one in errors[:MOST]),
        *(_command("warning", one, located) for one in warnings[:MOST]),
        _notice(check, len(errors[MOST:]) + len(warnings[MOST:])),
    ]
    return "\n".join(lines) + "\n"


def _spread(findings: Iterable[Finding]) -> list[Finding]:
    """The first of every code before the second of any, so that ten annotations name ten causes."""
    seen: Counter[str] = Counter()
    rows: list[tuple[int, Finding]] = []
    for finding in findings:
        seen[finding.code] += 1
        rows.append((seen[finding.code], finding))
    rows.sort(key=lambda row: (ORDER.index(row[1].status), row[0]))
    return [finding for _, finding in rows]


def _command(level: str, finding: Finding, located: Located) -> str:
    place = finding.place
    path = located(place.path) if place else ""
    properties: list[str] = []
    if place and path:
        properties.append(f"file={_property(path)}")
        properties += [f"line={place.line}"] if place.line else []
        properties += [f"col={place.column}"] if place.line and place.column else []
    about = f"{finding.service_id}: " if finding.service_id else ""
    properties.append(f"title={_property(f'{about}{finding.code} ({finding.status})')}")
    where = f"{place}: " if place and not path else ""
    lines = [
        f"{where}{finding.message}",
        *(f"fix: {finding.fix}".split("\n") if finding.fix else ()),
    ]
    return f"::{level} {','.join(properties)}::{'%0A'.join(_data(line) for line in lines)}"


def _notice(check: Check, left_out: int) -> str:
    said = headline(check)
    if left_out:
        said += f"; {left_out} not annotated here, GitHub shows {MOST} of a kind: tierline check"
    return f"::notice title=tierline check::{_data(said)}"


def _data(text: str) -> str:
    """One line of a message, escaped as the runner unescapes it."""
    return clean(text)[:_LONGEST].replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
