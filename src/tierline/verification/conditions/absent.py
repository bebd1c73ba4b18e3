"""Does nothing of a service run any more, as a rollback wants it? Knows nothing of its data."""

from __future__ import annotations

from tierline.facts.decision import Severity
from tierline.facts.observation import Phase
from tierline.verification.case import Case, Ruling


def absent(case: Case) -> Ruling:
    """No instance is left that is starting or running."""
    seen = case.seen
    if seen is None:
        return Ruling(Severity.UNKNOWN, "boot/unseen", "what runs has not been observed yet")
    alive = [one for one in seen.instances if one.phase is not Phase.EXITED]
    if alive:
        named = ", ".join(f"{one.workload} {one.id}" for one in alive)
        return case.failing("boot/not-stopped", f"{named} still runs {case.taken()}")
    return Ruling(Severity.OK, "boot/stopped", "nothing of it runs")
