"""What came of a run of suites, as values for text and JSON; knows no tool and no file."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.facts.decision import Decision, worst
from tierline.facts.testing import Counts, Suite
from tierline.frozen import frozen

_DECISIONS = {"passed": Decision.GO, "failed": Decision.NO_GO}


@frozen
class SuiteLine:
    """One suite of one service. `end` is passed, failed, none or unknown.

    `proven`: the revision that was tested is known. `kept`: evidence was made of it.
    `needed`: the policy requires the suite, so that it decides.
    """

    service_id: str
    suite: Suite
    end: str
    counts: Counts
    seconds: float
    runner: str
    argv: tuple[str, ...]
    revision: str
    failures: tuple[str, ...] = ()
    reason: str = ""
    output: str = ""
    proven: bool = True
    kept: bool = False
    needed: bool = True

    @property
    def decision(self) -> Decision:
        """GO: it passed. HOLD: nobody knows."""
        if not self.needed and self.end != "failed":
            return Decision.GO
        shown = _DECISIONS.get(self.end, Decision.HOLD)
        return worst([shown, Decision.GO if self.proven else Decision.HOLD])


@frozen
class SuitesRun:
    """A whole run. `signer` and `key` are empty where no evidence was wanted.

    `seconds` is how long it took.
    """

    environment: str
    environments: tuple[str, ...]
    lines: tuple[SuiteLine, ...]
    seconds: float
    signer: str = ""
    key: str = ""

    @property
    def decision(self) -> Decision:
        """As good as the worst suite."""
        return worst(line.decision for line in self.lines)

    def by_service(self) -> dict[str, list[SuiteLine]]:
        """In the order of the run."""
        return by_service(self.lines)


def by_service(lines: Iterable[SuiteLine]) -> dict[str, list[SuiteLine]]:
    """Service id -> its suites, in order."""
    found: dict[str, list[SuiteLine]] = {}
    for line in lines:
        found.setdefault(line.service_id, []).append(line)
    return found
