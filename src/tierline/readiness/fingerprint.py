"""Tells findings apart by what they say and where, so that one is known again after its line moved.

Knows no gate: code, service, path and message go in; neither line numbers nor the name of the
folder that a clone of the mesh lies in come out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from tierline.facts.revision import digest_of
from tierline.mesh.defect import Place
from tierline.readiness.model import Finding
from tierline.regex import regex

LENGTH = 20
"""hex digits of a fingerprint"""

_NUMBERS = regex(
    r"\b(lines?|columns?) [0-9]+"
    r"|(\.(?:ya?ml|json|md|go|mod|work|py|js|ts|toml|sh|proto|sql|txt|env|example|cfg))"
    r":[0-9]+(?::[0-9]+)?(?![\w/])"
)
"""lines in words, and behind the name of a file; what a path follows is the port of a registry"""
_OF_NUMBERS = ("line", "column", ":")
"""one of these is in every text with a number that is left out"""


class Fingerprints:
    """Those of a check; `label` is what the paths of its findings begin with.

    What says the same of the same file is counted in the order asked, so that one more of them is
    one more fingerprint.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._begins = f"{label}/"
        self._folder = re.compile(rf"(?<![\w./-]){re.escape(label)}/")
        self._seen: Counter[tuple[str, str, str, str]] = Counter()

    def of(self, code: str, service_id: str | None, place: Place | None, message: str) -> str:
        """The fingerprint of what would be a finding."""
        path = place.path if place else ""
        if any(sign in message for sign in _OF_NUMBERS):
            message = _NUMBERS.sub(r"\1\2", message)
        if self._label and self._begins in path:
            path = self._folder.sub("", path)
        if self._label and self._begins in message:
            message = self._folder.sub("", message)
        same = (code, service_id or "", "" if path == self._label else path, message)
        self._seen[same] += 1
        return digest_of((*same, str(self._seen[same])))[:LENGTH]


def fingerprinted(findings: Iterable[Finding], label: str) -> tuple[Finding, ...]:
    """The findings, in the order of their places, each with its fingerprint."""
    prints = Fingerprints(label)
    return tuple(
        replace(one, fingerprint=prints.of(one.code, one.service_id, one.place, one.message))
        for one in findings
    )
