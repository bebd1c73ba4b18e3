"""A check as SARIF 2.1.0, within the limits of GitHub's code scanning; knows no repository.

A result is an error where the finding stops the release (fail, unknown), else a warning; a waived
one is suppressed with its reason. What is no finding of a place (gates that were not judged, not asked
for or left out, results beyond the limit) is a notification of the run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from tierline import __version__
from tierline.facts.decision import Decision, Severity
from tierline.facts.reference import told
from tierline.readiness.codes import CODES
from tierline.readiness.model import Check, Finding
from tierline.report.check_places import Located, ranked
from tierline.report.check_text import headline
from tierline.report.style import clean

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
MOST: Final = 5_000
"""results of a run that GitHub keeps; a run of more than 25,000 it refuses"""
FINGERPRINT: Final = "tierlineFinding/v1"
_LINE_HASH = "primaryLocationLineHash"
"""what GitHub goes by; its upload action computes it from the line, where there is one"""
_LONGEST = 1_000
_EXIT = {Decision.GO: 0, Decision.NO_GO: 3, Decision.HOLD: 4}
_LEVEL = {Severity.FAIL: "error", Severity.UNKNOWN: "error", Severity.WARN: "warning"}


def check_sarif(check: Check, environment: str, fallback: str, located: Located) -> str:
    """The log, indented, in ASCII, one line feed.

    `fallback` is the path, relative to the repository, that stands for findings of no file.
    Checks of several environments are told apart by the run's automation id.
    """
    findings = ranked(check.findings)
    kept = findings[:MOST]
    run = {
        "tool": {"driver": _driver(kept)},
        "automationDetails": {"id": f"tierline/{clean(environment)}/"},
        "invocations": [
            {
                "executionSuccessful": True,
                "exitCode": _EXIT[check.decision],
                "exitCodeDescription": _text(headline(check)),
                "toolExecutionNotifications": [
                    {"level": level, "message": {"text": _text(said)}}
                    for level, said in _notifications(check, len(findings) - len(kept))
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {"decision": str(check.decision), "partial": check.partial},
        "results": [_result(one, fallback, located) for one in kept],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(findings: Iterable[Finding]) -> Mapping[str, object]:
    worst: dict[str, Finding] = {}
    for finding in findings:
        worst.setdefault(finding.code, finding)
    return {
        "name": "tierline",
        "semanticVersion": __version__,
        "rules": [_rule(finding) for _, finding in sorted(worst.items())],
    }


def _rule(finding: Finding) -> Mapping[str, object]:
    """The rule of a finding, its level that of the worst one."""
    known = CODES.get(finding.code)
    title = known.title if known else finding.code
    why, fix = (known.why, known.fix) if known else ("", "")
    help_text = " ".join(part for part in (why, fix) if part) or title
    return {
        "id": finding.code,
        "name": finding.code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": why or title},
        "help": {
            "text": help_text,
            "markdown": f"{why}\n\n{fix}\n\n`tierline explain {finding.code}`".strip(),
        },
        "defaultConfiguration": {"level": _LEVEL[finding.status]},
        "properties": {"tags": [finding.gate], "problem.severity": _LEVEL[finding.status]},
    }


def _result(finding: Finding, fallback: str, located: Located) -> Mapping[str, object]:
    about = f"{finding.service_id}: " if finding.service_id else ""
    place = finding.place
    path = located(place.path) if place else ""
    where = f" (in {place})" if place and not path else ""
    said = f"{about}{finding.message}{where}"
    if finding.fix:
        said += f" Fix: {finding.fix}"
    physical: dict[str, object] = {
        "artifactLocation": {"uri": quote(path or fallback), "uriBaseId": "%SRCROOT%"}
    }
    prints = {FINGERPRINT: finding.fingerprint}
    if path and place and place.line:
        region = {"startLine": place.line}
        physical["region"] = region | ({"startColumn": place.column} if place.column else {})
    else:
        prints[_LINE_HASH] = finding.fingerprint
    result: dict[str, object] = {
        "ruleId": finding.code,
        "level": _LEVEL[finding.status],
        "message": {"text": _text(said)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": prints,
        "properties": {
            "gate": finding.gate,
            "status": str(finding.status),
            "service": finding.service_id or "",
        },
    }
    if finding.waiver:
        by = f"{finding.waiver.author}: {finding.waiver.reason}"
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": _text(by)}
        ]
    return result


def _notifications(check: Check, left_out: int) -> Iterator[tuple[str, str]]:
    """(level, words) of what no result says."""
    if left_out:
        yield "warning", f"{left_out} of the findings are left out, the least severe ones"
    if check.hidden:
        yield "warning", f"findings not shown, as was asked: {check.hidden}"
    if check.reference:
        yield "note", told(check.reference)
    for result in check.gates:
        if result.off:
            yield "note", f"{result.gate}: not asked for: {result.reason}"
        elif result.status is None:
            yield "warning", f"{result.gate}: {result.reason or 'left out'}"


def _text(text: str) -> str:
    """One line that is neither a link nor too long."""
    line = clean(text).replace("](", "] (")
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
