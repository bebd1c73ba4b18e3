"""Named exceptions: a finding with a valid waiver counts as a warning, and says whose word that is.

Knows nothing of where waivers come from: a policy has only those that may count in its environment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.mesh.clean import clean
from tierline.mesh.names import short_id
from tierline.policy.model import Waiver
from tierline.readiness.model import Finding

EXPIRED = " (the waiver of "
"""begins what is added to the message of a finding whose waiver has expired"""


class Waiving:
    """The waivers of a policy, found by what they are for."""

    def __init__(self, waivers: Iterable[Waiver], now: Instant) -> None:
        self._now = now
        self._broad: dict[tuple[str, str | None], list[Waiver]] = {}
        self._narrow: dict[str, list[Waiver]] = {}
        for waiver in waivers:
            for fingerprint in waiver.fingerprints:
                self._narrow.setdefault(fingerprint, []).append(waiver)
            if not waiver.findings:
                self._broad.setdefault((waiver.code, waiver.service_id), []).append(waiver)

    def of(self, finding: Finding) -> list[Waiver]:
        """Every waiver that is for this finding, expired or not."""
        name = finding.service_id
        names = (None,) if name is None else (None, name, short_id(name))
        found = [one for name in names for one in self._broad.get((finding.code, name), ())]
        narrow = self._narrow.get(finding.fingerprint, ())
        return [*found, *(one for one in narrow if one.code == finding.code)]

    def waived(self, finding: Finding) -> Finding:
        """The finding, as a warning where a waiver for it holds; an expired one is named."""
        mine = self.of(finding) if finding.status is not Severity.WARN else []
        if not mine:
            return finding
        last = max(mine, key=lambda waiver: waiver.expires)
        by = f"{clean(last.author)}: {clean(last.reason, 200)}"
        if self._now < last.expires:
            message = f"{finding.message} (waived until {day_of(last.expires)} by {by})"
            return replace(finding, status=Severity.WARN, message=message, waiver=last)
        message = f"{finding.message}{EXPIRED}{by} expired on {day_of(last.expires)})"
        return replace(finding, message=message)


def day_of(at: Instant) -> str:
    """An instant for people, to the minute, in UTC."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "an impossible date"
