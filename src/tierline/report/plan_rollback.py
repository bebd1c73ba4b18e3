"""What a plan says of going back, for people: how much is covered, and where the way back ends."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.plan.model import Plan
from tierline.report.layout import wrapped
from tierline.rollback.coverage import Coverage, Turning

_NAMED = 3


def rollback_lines(plan: Plan, width: int) -> Iterator[str]:
    """Coverage, point of no return with its chain, boundaries that nobody compared."""
    foresight = plan.foresight
    if foresight is None or not foresight.before:
        return
    yield from wrapped(f"Rollback: {covered(foresight.coverage)}", width, "", "  ")
    if foresight.coverage.turning is not None:
        yield from _turning(foresight.coverage.turning, width)
    free = foresight.free
    if free:
        more = f" and {len(free) - _NAMED} more" if len(free) > _NAMED else ""
        told = f"taken to hold, though nobody compared them: {', '.join(free[:_NAMED])}{more}"
        yield from wrapped(told, width, "  ", "    ")


def covered(found: Coverage) -> str:
    """`safe whichever service fails, and whenever`, or in how many of all cases."""
    if found.safe == found.cases:
        return "safe whichever service fails, and whenever"
    percent = int(100 * found.share)
    return f"safe in {percent} % of the cases ({found.safe:,} of {found.cases:,} failures)"


def _turning(turning: Turning, width: int) -> Iterator[str]:
    point = f"point of no return: start {turning.step}, {turning.service_id}"
    failing = f"; if {turning.failing} fails then, nothing may go back"
    yield from wrapped(f"{point}{failing} [{turning.refusal.code}]", width, "  ", "    ")
    for link in turning.refusal.chain[1:]:
        yield from wrapped(
            f"-> {link.service_id} must go back: {link.why}", width, "    ", "       "
        )
    yield from wrapped(f"-> {turning.refusal.why}", width, "    ", "       ")
