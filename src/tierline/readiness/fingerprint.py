"""Tells findings apart by what they say and where, so that one is known again after its line moved.

Knows no gate: code, service, path and message go in; neither line numbers nor the name of the
folder that a clone of the mesh lies in come out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from tierline.facts.revision import digest_of
from tierline.readiness.model import Finding

LENGTH = 20
"""hex digits of a fingerprint"""

_NUMBERS = re.compile(
    r"\b(lines?|columns?) [0-9]+"
    r"|(\.(?:ya?ml|json|md|go|mod|work|py|js|ts|toml|sh|proto|sql|txt|env|example|cfg))"
    r":[0-9]+(?::[0-9]+)?(?![\w/])"
)
"""lines in words, and behind the name of a file; what a path follows is the port of a registry"""
_OF_NUMBERS = ("line", "column", ":")
"""one of these is in every text with a number that is left out"""


def fingerprinted(findings: Iterable[Finding], label: str) -> tuple[Finding, ...]:
    """The findings, each with its fingerprint; `label` is what their paths begin with.

    Findings that say the same of the same file are counted in the order of their places, so that
    one more of them is one more fingerprint.
    """
    folder = re.compile(rf"(?<![\w./-]){re.escape(label)}/")
    begins = f"{label}/"
    seen: Counter[tuple[str, str, str, str]] = Counter()
    found: list[Finding] = []
    for one in findings:
        path = one.place.path if one.place else ""
        said = one.message
        if any(sign in said for sign in _OF_NUMBERS):
            said = _NUMBERS.sub(r"\1\2", said)
        if label and begins in path:
            path = folder.sub("", path)
        if label and begins in said:
            said = folder.sub("", said)
        same = (one.code, one.service_id or "", "" if path == label else path, said)
        seen[same] += 1
        fingerprint = digest_of((*same, str(seen[same])))[:LENGTH]
        found.append(_with(one, fingerprint))
    return tuple(found)


def _with(one: Finding, fingerprint: str) -> Finding:
    """As `replace`, which takes three times as long: there may be tens of thousands."""
    return Finding(
        one.code,
        one.gate,
        one.status,
        one.service_id,
        one.place,
        one.message,
        one.fix,
        fingerprint,
        one.waiver,
    )
