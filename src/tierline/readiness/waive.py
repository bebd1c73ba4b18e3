"""Named exceptions: a finding with a valid waiver counts as a warning, and says whose word that is.

Knows nothing of where waivers come from: a policy has only those that may count in its environment.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime

from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.mesh.clean import clean
from tierline.mesh.names import short_id
from tierline.policy.model import Waiver
from tierline.readiness.model import Finding


def waive(finding: Finding, waivers: Iterable[Waiver], now: Instant) -> Finding:
    """The finding, as a warning where a waiver for it holds at `now`; an expired one is named."""
    if finding.status is Severity.WARN:
        return finding
    name = finding.service_id
    concerned = {None, name, short_id(name) if name else None}
    mine = [
        waiver
        for waiver in waivers
        if waiver.code == finding.code and waiver.service_id in concerned
    ]
    if not mine:
        return finding
    last = max(mine, key=lambda waiver: waiver.expires)
    by = f"{clean(last.author)}: {clean(last.reason, 200)}"
    if now < last.expires:
        message = f"{finding.message} (waived until {_day(last.expires)} by {by})"
        return dataclasses.replace(finding, status=Severity.WARN, message=message)
    message = f"{finding.message} (the waiver of {by} expired on {_day(last.expires)})"
    return dataclasses.replace(finding, message=message)


def _day(at: Instant) -> str:
    """An instant for people, to the minute, in UTC."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "an impossible date"
