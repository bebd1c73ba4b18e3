"""Who conducts this environment, and which fence is the highest; knows no effects.

The counter only grows, also past fences that effects brought along, and is on disk before anybody
hears of it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from tierline.errors import PermanentError
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.supervisor import files, process
from tierline.targets.local.messages import Claim, Claimed, HeldBy
from tierline.targets.protocol import Holder

_CLOCK_SLACK = 2.0
"""seconds by which a process's start may seem to move when the wall clock is set"""
_LONGEST = 3600.0


@frozen
class Lease:
    """`token` is the highest ever given or seen. Without holder it is free."""

    token: int = 0
    environment: str = ""
    holder: Holder | None = None
    since: Instant = 0.0
    until: Instant = 0.0
    given: int = 0
    """the holder's own token; lower than `token` where an effect brought a higher one"""


def grant(
    lease: Lease, claim: Claim, now: Instant, dead: Callable[[Holder], bool]
) -> Lease | HeldBy:
    """Renew for the same holder; take over from a dead one or after its time; else refuse."""
    ttl = min(max(claim.ttl, 0.0), _LONGEST)
    holder = lease.holder
    if holder == claim.holder and lease.given == lease.token:
        return replace(lease, environment=claim.environment, until=now + ttl)
    if holder is not None and holder != claim.holder and now < lease.until and not dead(holder):
        return HeldBy(holder, lease.since, lease.until)
    token = max(lease.token, claim.above) + 1
    return Lease(token, claim.environment, claim.holder, now, now + ttl, token)


def is_dead(holder: Holder) -> bool:
    """Whether the holder certainly died: it was a process of this boot and is there no more."""
    if holder.host != socket.gethostname() or holder.boot != process.boot_id():
        return False
    found = process.look(holder.pid)
    if found is None or found.dead:
        return True
    return abs(process.born_at(found) - holder.started_at) > _CLOCK_SLACK


class LeaseKeeper:
    """The lease of one environment, on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lease = _load(path)

    def claim(self, claim: Claim, now: Instant) -> Claimed | HeldBy:
        """As `grant`; PermanentError for another environment's claim, OSError if unwritable."""
        known = self.lease.environment
        if known and claim.environment != known:
            raise PermanentError(
                f"this supervisor holds environment {known}, not {claim.environment}",
                code="lease/environment",
                fix="use the state and runtime folders of that environment",
            )
        granted = grant(self.lease, claim, now, is_dead)
        if isinstance(granted, HeldBy):
            return granted
        self._save(granted)
        return Claimed(granted.given, granted.until)

    def release(self, token: int) -> None:
        """Free it if `token` holds it."""
        if self.lease.holder is not None and token == self.lease.given:
            self._save(replace(self.lease, holder=None, until=0.0))

    def admit(self, fence: int) -> bool:
        """Whether an effect with this fence may act; from now on none with a lower one may."""
        if fence < self.lease.token:
            return False
        if fence > self.lease.token:
            self._save(replace(self.lease, token=fence))
        return True

    def _save(self, lease: Lease) -> None:
        files.replace_json(self._path, asdict(lease))
        self.lease = lease


def _load(path: Path) -> Lease:
    """PermanentError for a damaged file: starting at 0 again would let an old holder act."""
    try:
        found = files.read_json(path)
        if found is None:
            return Lease()
        holder = found.pop("holder")
        return Lease(holder=Holder(**holder) if holder else None, **found)
    except (ValueError, TypeError, KeyError) as error:
        raise PermanentError(
            f"{path} is damaged: {error}",
            code="lease/damaged",
            fix="make sure that no rollout runs, then remove the file",
        ) from error
