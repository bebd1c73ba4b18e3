"""The failures of a brown-field mesh as waivers that end: made once, shrunk ever after.

Unknown findings are never taken in: they are missing evidence, which nobody has seen to be old.
Knows neither file nor clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.policy.model import Waiver
from tierline.policy.waivers import entry_of
from tierline.readiness.model import Check, Finding
from tierline.readiness.waive import EXPIRED

_ITSELF = frozenset({"waivers"})
"""gates whose findings are about exceptions themselves"""


@frozen
class Signed:
    """Who answers for what is taken in, why, and until when."""

    author: str
    reason: str
    expires: Instant


@frozen
class Baseline:
    """The waivers of a baseline as they should be now.

    `added` and `mended` count findings; `left` are failures that no waiver is for.
    """

    waivers: tuple[Waiver, ...]
    added: int
    mended: int
    left: int

    @property
    def size(self) -> int:
        """How many findings it waives."""
        return sum(len(waiver.findings) for waiver in self.waivers)


def rebased(check: Check, old: Sequence[Waiver], signed: Signed | None, now: Instant) -> Baseline:
    """The baseline `old` without what is mended; with `signed` also with what fails and is new.

    `check` was made with the waivers of `old`. What gates of a partial check did not judge stays.
    """
    prints = {one.fingerprint for one in check.findings}
    judged = {one.gate for one in check.gates if one.status is not None}
    kept = tuple(_kept(waiver, prints, judged) for waiver in old)
    mended = sum(len(one.findings) for one in old) - sum(len(one.findings) for one in kept)
    failing = [
        one for one in check.findings if one.status is Severity.FAIL and one.gate not in _ITSELF
    ]
    if signed:
        gone = {one.fingerprint for one in failing}
        kept = tuple(_without(waiver, gone, now) for waiver in kept)
    new = _waivers(failing, signed) if signed else ()
    waivers = (
        *(one for one, was in zip(kept, old, strict=True) if one.findings or not was.findings),
        *new,
    )
    taken = len(failing) if signed else 0
    return Baseline(waivers, taken, mended, len(failing) - taken)


def _kept(waiver: Waiver, prints: set[str], judged: set[str]) -> Waiver:
    if not waiver.findings or waiver.code.partition("/")[0] not in judged:
        return waiver
    lines = tuple(line for line in waiver.findings if line.partition(" ")[0] in prints)
    return replace(waiver, findings=lines)


def _without(waiver: Waiver, gone: set[str], now: Instant) -> Waiver:
    """An expired waiver without what is taken in anew."""
    if waiver.expires > now or not waiver.findings:
        return waiver
    lines = tuple(line for line in waiver.findings if line.partition(" ")[0] not in gone)
    return replace(waiver, findings=lines)


def _waivers(failing: Iterable[Finding], signed: Signed) -> tuple[Waiver, ...]:
    """A waiver for each code, with a line for each of its findings."""
    lines: dict[str, list[str]] = {}
    for one in failing:
        path = f"{one.place.path}: " if one.place else ""
        about = one.service_id or "the release"
        lines.setdefault(one.code, []).append(
            entry_of(one.fingerprint, f"{about}: {path}{one.message.partition(EXPIRED)[0]}")
        )
    return tuple(
        Waiver(code, None, signed.reason, signed.author, signed.expires, tuple(sorted(own)))
        for code, own in sorted(lines.items())
    )
