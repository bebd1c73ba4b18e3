"""Where findings lie for tools that know the repository only, and which findings go first.

Knows no repository: whoever calls has a function from the path that a finding shows to the one
relative to the repository's top, "" for what lies outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tierline.mesh.defect import Place
from tierline.readiness.model import Finding
from tierline.report.groups import ORDER

Located = Callable[[str], str]
Lines = Mapping[Place, str]
"""place of a finding -> the line of the file that stands there, fit to be shown"""


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first, waived ones last; in the order of the check otherwise."""
    return sorted(findings, key=lambda one: (one.waiver is not None, ORDER.index(one.status)))
