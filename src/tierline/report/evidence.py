"""What is known of test runs, suite by suite, as values for text and JSON; judges nothing itself."""

from __future__ import annotations

from tierline.facts.testing import SuiteResult
from tierline.frozen import frozen


@frozen
class EvidenceRow:
    """A suite of a service, or with `file` one piece of evidence.

    `counts`: it shows now that the suite passed. Else `code` and `fact` say why not; `changed` names
    the parts of the revision that differ. `holder` is whose the key is by the policy, "" for nobody.
    """

    service_id: str
    suite: str
    result: SuiteResult | None
    counts: bool
    code: str = ""
    fact: str = ""
    changed: tuple[str, ...] = ()
    holder: str = ""
    file: str = ""


@frozen
class EvidenceView:
    """How every suite stands that the policy asks for, and every piece that is kept."""

    environment: str
    mesh: str
    rows: tuple[EvidenceRow, ...]
    kept: tuple[EvidenceRow, ...]
