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
from tierline.readiness.model import Finding

LENGTH = 20
"""hex digits of a fingerprint"""

_NUMBERS = re.compile(
    r"\b(lines?|columns?) [0-9]+"
    r"|(\.(?:ya?ml|json|md|go|mod|work|py|js|ts|toml|sh|proto|sql|txt|env|example|cfg))"
    r":[0-9]+(?::[0-9]+)?(?![\w/])"
)
"""lines in words, and behind the name of a file; what a path follows is the port of a registry"""


def fingerprinted(findings: Iterable[Finding], label: str) -> tuple[Finding, ...]:
    """The findings, each with its fingerprint; `label` is what their paths begin with.

    Findings that say the same of the same file are counted in the order of their places, so that
    one more of them is one more fingerprint.
    """
    folder = re.compile(rf"(?<![\w./-]){re.escape(label)}/") if label else None
    seen: Counter[tuple[str, str, str, str]] = Counter()
    found: list[Finding] = []
    for one in findings:
        path = one.place.path if one.place else ""
        said = _NUMBERS.sub(r"\1\2", one.message)
        if folder:
            path, said = folder.sub("", path), folder.sub("", said)
        same = (one.code, one.service_id or "", "" if path == label else path, said)
        seen[same] += 1
        found.append(replace(one, fingerprint=digest_of((*same, str(seen[same])))[:LENGTH]))
    return tuple(found)
