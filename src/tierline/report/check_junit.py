"""A check as a JUnit document: a suite for each gate, a case for each service, one for the release.

What fails is a failure. What is unknown is an error: no verdict could be reached. A warning passes
and stands in the case's output. A gate that is off is one skipped case; one that was left out of the
check has no suite. There are no times: a judgement of files takes none worth telling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import quoteattr

from tierline.facts.decision import Severity
from tierline.readiness.model import Check, Finding, GateResult
from tierline.report.check_places import ranked
from tierline.report.check_text import headline
from tierline.report.style import clean, html

MOST_CASES = 20_000
"""cases of all suites; past it only services with findings have one"""
RELEASE = "the release as a whole"
_ELEMENT = {Severity.FAIL: "failure", Severity.UNKNOWN: "error"}


def check_junit(check: Check, subjects: Sequence[str | None]) -> str:
    """The document; `subjects` are the services that were judged, None the release.

    Where findings are hidden or there are too many services, only who has findings has a case: what
    is not told must not look as if it had passed.
    """
    results = [result for result in check.gates if result.status or result.off]
    whole = not check.hidden and len(results) * len(subjects) <= MOST_CASES
    found: dict[str, dict[str | None, list[Finding]]] = {}
    for finding in check.findings:
        found.setdefault(finding.gate, {}).setdefault(finding.service_id, []).append(finding)
    suites = [_Suite(one, found.get(one.gate, {}), subjects if whole else ()) for one in results]
    counts = [suite.counts for suite in suites]
    tests, failures, errors = (sum(each[at] for each in counts) for at in range(3))
    name = f"tierline check: {headline(check)}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={_quoted(name)} {_numbers(tests, failures, errors)}>",
        *(line for suite in suites for line in suite.lines(whole=whole)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _numbers(tests: int, failures: int, errors: int) -> str:
    return f'tests="{tests}" failures="{failures}" errors="{errors}" time="0"'


class _Suite:
    """One gate with its cases."""

    def __init__(
        self,
        result: GateResult,
        found: Mapping[str | None, Sequence[Finding]],
        subjects: Sequence[str | None],
    ) -> None:
        self._result = result
        names = dict.fromkeys((*subjects, *found)) if not result.off else {None: None}
        self._cases = {name: ranked(found.get(name, ())) for name in names}

    @property
    def counts(self) -> tuple[int, int, int]:
        """Cases, those with a failure, those with an error."""
        worst = [found[0].status for found in self._cases.values() if found]
        failures, errors = worst.count(Severity.FAIL), worst.count(Severity.UNKNOWN)
        return len(self._cases), failures, errors

    def lines(self, *, whole: bool) -> Iterator[str]:
        """The suite as lines of XML."""
        skipped = f'skipped="{int(self._result.off)}"'
        name = _quoted(self._result.gate)
        yield f"  <testsuite name={name} {_numbers(*self.counts)} {skipped}>"
        if not whole:
            said = "only who has findings has a case"
            yield f'    <properties><property name="cases" value={_quoted(said)}/></properties>'
        for subject, found in self._cases.items():
            yield from self._case(subject, found)
        yield "  </testsuite>"

    def _case(self, subject: str | None, found: Sequence[Finding]) -> Iterator[str]:
        kind = _quoted(f"tierline.{self._result.gate}")
        case = f'testcase name={_quoted(subject or RELEASE)} classname={kind} time="0"'
        inside = self._inside(found)
        if inside:
            yield from (f"    <{case}>", f"      {inside}", "    </testcase>")
        else:
            yield f"    <{case}/>"

    def _inside(self, found: Sequence[Finding]) -> str:
        if self._result.off:
            return f"<skipped message={_quoted(f'not asked for: {self._result.reason}')}/>"
        if not found:
            return ""
        first, text = found[0], "\n".join(line for one in found for line in _said(one))
        element = _ELEMENT.get(first.status)
        if element is None:
            return f"<system-out>{text}</system-out>"
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        told = f"type={_quoted(first.code)} message={_quoted(first.message + more)}"
        return f"<{element} {told}>{text}</{element}>"


def _said(finding: Finding) -> Iterator[str]:
    """Lines of text, as XML: place, what was found, what mends it."""
    where = f"{finding.place}: " if finding.place else ""
    yield html(f"{finding.status} {finding.code}: {where}{finding.message}")
    for number, line in enumerate(finding.fix.split("\n") if finding.fix else ()):
        yield html(f"  {'' if number else 'fix: '}{line}")


def _quoted(text: str) -> str:
    """The text as a quoted attribute."""
    return quoteattr(clean(text))
