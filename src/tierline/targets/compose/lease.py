"""The environment's lease, a file of this host under a lock; knows no effects.

Compose has no conditional write: the fence is looked at before an effect, not with it. Whoever uses
the same engine with other folders is told from the fences that containers carry.
"""

from __future__ import annotations

import fcntl
import os
import platform
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tierline.errors import PermanentError
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.host import files, process
from tierline.targets.protocol import Fence, Holder, LeaseHeld

SECONDS = 10.0


@frozen
class _Lease:
    """`token` is the highest that was ever given. `until` counts this boot's monotonic seconds."""

    token: int = 0
    holder: Holder | None = None
    since: Instant = 0.0
    until: float = 0.0
    boot: str = ""


class HostLease:
    """Kept in `folder`, which is ours alone."""

    def __init__(self, folder: Path) -> None:
        self._file, self._lock = folder / "lease.json", folder / "lease.lock"

    def claim(self, holder: Holder, above: int, now: Instant) -> Fence:
        """Win or keep it for SECONDS; LeaseHeld while a living holder has it."""
        with self._locked():
            known = self._read()
            elapsed = time.monotonic()
            token = known.token
            if known.holder != holder:
                if known.holder is not None and _holds(known, elapsed):
                    until = now + known.until - elapsed
                    raise LeaseHeld(known.holder, known.since, until, known.token)
                token = max(known.token, above) + 1
                known = replace(known, since=now)
            boot = process.boot_id()
            self._write(
                replace(known, token=token, holder=holder, until=elapsed + SECONDS, boot=boot)
            )
        return Fence(token, holder, now + SECONDS)

    def release(self, token: int) -> None:
        """Free it if that token holds it."""
        with self._locked():
            known = self._read()
            if known.token == token:
                self._write(replace(known, holder=None, until=0.0))

    def admits(self, fence: int) -> bool:
        """Whether nobody has been given a higher token."""
        with self._locked():
            return fence >= self._read().token

    def holder(self) -> tuple[Holder, Instant] | None:
        """Who has it now, and since when; None where nobody does."""
        if not self._file.exists():
            return None
        known = self._read()
        if known.holder is None or not _holds(known, time.monotonic()):
            return None
        return known.holder, known.since

    @contextmanager
    def _locked(self) -> Generator[None]:
        descriptor = os.open(
            self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
        )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> _Lease:
        try:
            found = files.read_json(self._file)
            return _lease(found) if found else _Lease()
        except (ValueError, TypeError, KeyError) as error:
            raise PermanentError(
                f"{self._file} is damaged: {error}",
                code="lease/damaged",
                fix="make sure that no rollout runs, then remove the file",
            ) from error

    def _write(self, lease: _Lease) -> None:
        files.replace_json(self._file, asdict(lease))


def _lease(found: dict[str, Any]) -> _Lease:
    holder = found.pop("holder")
    return _Lease(holder=Holder(**holder) if holder else None, **found)


def _holds(lease: _Lease, elapsed: float) -> bool:
    """Whether its holder may still act: alive, or of elsewhere and its time not over.

    Of another boot nothing lives any more on this host.
    """
    holder = lease.holder
    if holder is None or lease.boot != process.boot_id():
        return False
    if holder.host == platform.node() and holder.boot == process.boot_id():
        return process.lives(holder.pid, holder.started) and elapsed < lease.until
    return elapsed < lease.until
