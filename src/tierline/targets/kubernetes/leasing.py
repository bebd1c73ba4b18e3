"""Wins, keeps and gives back the environment's lease in the cluster; knows no effects."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.instant import Instant
from tierline.targets.host import process
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.lease import SECONDS, Held, held_of, lease_of
from tierline.targets.kubernetes.namespace import LEASES, Namespace
from tierline.targets.protocol import Fence, Holder, LeaseHeld

_TRIES = 10
_PATIENT = 3
"""tries that a server may fail to answer"""
_GLANCE = 0.5
_LONGEST = 5.0
_ALLOWANCE = 5.0
"""seconds by which clocks of two machines may differ before a lease is watched for its time"""


class Leasing:
    """The lease of one environment; `name` is that of its Lease object."""

    def __init__(self, namespace: Namespace, name: str, now: Callable[[], Instant]) -> None:
        self._namespace, self._name, self._now = namespace, name, now
        self._mine: Fence | None = None

    async def claim(self, holder: Holder, above: int = 0) -> Fence:
        """The lease with a token that grew, or the one that we have for another time.

        A write that nobody answered may have been done: then the next look shows that it is ours.
        """
        failed = 0
        for _ in range(_TRIES):
            try:
                found = await self._claimed(holder, above)
            except ApiRefusal as error:
                failed += 1
                if not error.passing or failed > _PATIENT:
                    raise
                await asyncio.sleep(min(max(error.retry_after, _GLANCE), _LONGEST))
                continue
            if found is not None:
                self._mine = found
                return found
        raise TemporaryError(
            f"the lease {self._name} changes too often to be won",
            code="lease/busy",
            fix="run the same command again",
        )

    async def _claimed(self, holder: Holder, above: int) -> Fence | None:
        """One try; None where somebody else moved the lease, or its end was waited for."""
        held = await self._look()
        token = self._token(held, holder, above)
        if token is None:
            await self._wait_for_its_end(held)
            return None
        wanted = lease_of(self._name, holder, token, self._now(), held.version if held else "")
        try:
            await self._write(wanted, exists=held is not None)
        except ApiRefusal as error:
            if error.status != 409:
                raise
            return None
        return Fence(token, holder, self._now() + SECONDS)

    async def release(self, fence: Fence) -> None:
        """Give it back if it still is that one; harmless otherwise."""
        if self._mine is not None and self._mine.token == fence.token:
            self._mine = None
        held = await self._look()
        if held is None or held.token != fence.token or held.holder != fence.holder:
            return
        try:
            given = lease_of(self._name, None, held.token, self._now(), held.version)
            await self._write(given, exists=True)
        except ApiRefusal as error:
            if error.status != 409:
                raise

    async def overtaken(self, token: int) -> int:
        """A higher token than this, if somebody has one; else 0. Asks only where we cannot know."""
        mine = self._mine
        if mine is not None and mine.until > self._now():
            return mine.token if mine.token > token else 0
        held = await self._look()
        return held.token if held is not None and held.token > token else 0

    def _token(self, held: Held | None, holder: Holder, above: int) -> int | None:
        """The token to write; None where somebody has the lease whose end has to be waited for."""
        if held is None:
            return above + 1
        if held.holder == holder and held.seconds and above <= held.token:
            return held.token
        if held.holder is None or not held.seconds or _is_dead(held.holder):
            return max(held.token, above) + 1
        if held.holder == holder:
            return max(held.token, above) + 1
        if self._now() < held.ends() + _ALLOWANCE:
            raise LeaseHeld(held.holder, held.renewed, held.ends(), held.token)
        return None

    async def _wait_for_its_end(self, held: Held | None) -> None:
        """Its end has come by our clock: it is over if nobody renews it for as long as it lasts."""
        if held is None or held.holder is None:
            return
        waited = 0.0
        while waited < held.seconds:
            await asyncio.sleep(_GLANCE)
            waited += _GLANCE
            again = await self._look()
            if again is None or again.version != held.version:
                return
        over = lease_of(self._name, None, held.token, self._now(), held.version)
        try:
            await self._write(over, exists=True)
        except ApiRefusal as error:
            if error.status != 409:
                raise

    async def _look(self) -> Held | None:
        found = await self._namespace.get(LEASES, self._name)
        return None if found is None else held_of(found)

    async def _write(self, item: dict[str, object], *, exists: bool) -> None:
        if exists:
            await self._namespace.replace(LEASES, item)
            return
        try:
            await self._namespace.create(LEASES, item)
        except ApiRefusal as error:
            if error.status == 404:
                raise PermanentError(
                    f"namespace {self._namespace.name} does not exist",
                    code="cluster/no-namespace",
                    fix=f"make it: kubectl create namespace {self._namespace.name}",
                ) from error
            raise


def _is_dead(holder: Holder) -> bool:
    """Whether a holder of this boot of this machine is certainly no more."""
    if (holder.boot, holder.host) != (process.boot_id(), platform.node()) or not holder.pid:
        return False
    found = process.look(holder.pid)
    return found is None or found.dead or holder.started not in {0, found.started}
