"""Who conducts this environment, and which fence is the highest; knows no effects.

The counter only grows, also past fences that effects brought along, and is on disk before anybody
hears of it. How long a lease lasts is counted by the monotonic clock of this boot, so that setting
the wall clock neither ends nor prolongs it.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tierline.errors import PermanentError
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.host import files, process
from tierline.targets.local.messages import Claim, Claimed, HeldBy
from tierline.targets.protocol import Holder

_LONGEST = 3600.0


@frozen
class Moment:
    """Now: `at` is for people, `elapsed` are seconds of this boot's monotonic clock."""

    at: Instant
    elapsed: float


@frozen
class Lease:
    """`token` is the highest ever given or seen. Without holder it is free.

    `until` is in seconds of the monotonic clock of `boot`, `ttl` what the holder last asked for.
    """

    token: int = 0
    environment: str = ""
    holder: Holder | None = None
    since: Instant = 0.0
    ttl: float = 0.0
    until: float = 0.0
    boot: str = ""
    given: int = 0
    """the holder's own token; lower than `token` where an effect brought a higher one"""

    def held(self, now: Moment) -> HeldBy | None:
        """Who has it, with `until` as an instant."""
        if self.holder is None:
            return None
        return HeldBy(self.holder, self.since, now.at + self.until - now.elapsed, self.given)


def grant(
    lease: Lease, claim: Claim, now: Moment, dead: Callable[[Holder], bool]
) -> Lease | HeldBy:
    """Renew for the same holder; take over from a dead one or after its time; else refuse."""
    ttl = min(max(claim.ttl, 0.0), _LONGEST)
    until, holder = now.elapsed + ttl, lease.holder
    if holder == claim.holder and lease.given == lease.token:
        return replace(lease, environment=claim.environment, ttl=ttl, until=until)
    held = lease.held(now)
    others = held is not None and held.holder != claim.holder
    if held is not None and others and now.elapsed < lease.until and not dead(held.holder):
        return held
    token = max(lease.token, claim.above) + 1
    return Lease(token, claim.environment, claim.holder, now.at, ttl, until, lease.boot, token)


def is_dead(holder: Holder) -> bool:
    """Whether the holder certainly died: it was a process of this boot and is there no more."""
    if holder.host != socket.gethostname() or holder.boot != process.boot_id():
        return False
    return not process.lives(holder.pid, holder.started)


class LeaseKeeper:
    """The lease of one environment, on disk. `elapsed` is the monotonic clock as it starts."""

    def __init__(self, path: Path, elapsed: float) -> None:
        self._path = path
        self.lease = _on_this_boot(_load(path), elapsed)

    def claim(self, claim: Claim, now: Moment) -> Claimed | HeldBy:
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
        return Claimed(granted.given, now.at + granted.ttl)

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


def _on_this_boot(lease: Lease, elapsed: float) -> Lease:
    """A lease of another boot lasts for its whole time again: nobody knows how much is left."""
    boot = process.boot_id()
    longest = elapsed + lease.ttl
    until = min(lease.until, longest) if lease.boot == boot else longest
    return replace(lease, boot=boot, until=until)


def _load(path: Path) -> Lease:
    """PermanentError for a damaged file: starting at 0 again would let an old holder act."""
    try:
        found = files.read_json(path)
        if found is None:
            return Lease()
        return _lease(found)
    except (ValueError, TypeError, KeyError) as error:
        raise PermanentError(
            f"{path} is damaged: {error}",
            code="lease/damaged",
            fix="make sure that no rollout runs, then remove the file",
        ) from error


def _lease(found: dict[str, Any]) -> Lease:
    """An older tierline's holder cannot speak to us: its lease is free, its tokens count."""
    holder = found.pop("holder")
    if holder is not None and "started_at" in holder:
        return Lease(token=int(found["token"]), environment=str(found["environment"]))
    return Lease(holder=Holder(**holder) if holder else None, **found)
