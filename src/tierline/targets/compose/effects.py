"""Starts and stops services by Compose, one effect at a time for each, and remembers the last key.

A lock is held by the command that Compose runs, so that who comes after a crash waits for it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.observation import Accepted, Outcome, Refused, Unknown
from tierline.targets.compose.compose_cli import ComposeCli, refusal
from tierline.targets.compose.engine import Engine
from tierline.targets.compose.infrastructure import Infrastructure
from tierline.targets.compose.lease import HostLease
from tierline.targets.compose.model import Part, Staged
from tierline.targets.compose.rendering import Effect, for_effect
from tierline.targets.compose.seeing import Container, container_of
from tierline.targets.compose.site import Site
from tierline.targets.host import files
from tierline.targets.protocol import LEASE_LOST

_START_SECONDS = 120.0
_LOCK_SECONDS = 150.0
_LOCK_PAUSE = 0.05
Act = Callable[[list[Container], int], Awaitable[Outcome]]


class Effects:
    """Changes of one environment."""

    def __init__(self, site: Site, engine: Engine, lease: HostLease) -> None:
        self._site, self._engine, self._lease = site, engine, lease
        self._cli = ComposeCli(site.socket, site.project, site.environ)
        self._infrastructure = Infrastructure(engine, site.project)
        self._folder = site.state / "effects"
        self._last: dict[str, tuple[str, int]] = {}
        self._working: dict[str, int] = {}
        self._listeners: list[Callable[[str], None]] = []
        self.stop_seconds = 10.0

    def under_way(self, service_id: str) -> bool:
        """Whether an effect of ours on it has not come back yet."""
        return bool(self._working.get(service_id))

    def last(self, service_id: str) -> tuple[str, int]:
        """Key and fence of the last effect that was accepted here; ("", 0) for none."""
        if service_id not in self._last:
            try:
                found = files.read_json(self._folder / f"{service_id}.last") or {}
                self._last[service_id] = (str(found["key"]), int(found["fence"]))
            except (OSError, ValueError, KeyError, TypeError):
                return "", 0
        return self._last[service_id]

    @contextmanager
    def heard(self, listener: Callable[[str], None]) -> Generator[None]:
        """`listener` hears of services whose effects have come back."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    async def start(self, staged: Staged, effect: Effect) -> Outcome:
        """Let Compose replace what runs of a service; nothing where that key did so already.

        Containers of parts that the revision does not have are ended after that.
        """

        async def act(running: list[Container], lock: int) -> Outcome:
            if not _has_started(running, staged, effect.key):
                if told := await self._infrastructure.trouble(staged):
                    message = f"{staged.service_id} needs infrastructure: {told}"
                    return Refused("start/infrastructure", message)
                outcome = await self._up(staged, effect, lock)
                if not isinstance(outcome, Accepted):
                    return outcome
            await self._end([one for one in running if not _is_part(one, staged)])
            return Accepted()

        return await self._alone(staged.service_id, effect.key, effect.fence, act)

    async def stop(
        self, service_id: str, key: str, fence: int, parts: Mapping[str, Part]
    ) -> Outcome:
        """End and remove its containers; its volumes stay."""

        async def act(running: list[Container], lock: int) -> Outcome:
            del lock
            await self._end(running)
            return Accepted()

        return await self._alone(service_id, key, fence, act, parts)

    async def _end(self, containers: list[Container]) -> None:
        ends = [self._engine.stop_and_remove(one.id, self.stop_seconds) for one in containers]
        await asyncio.gather(*ends)

    async def _up(self, staged: Staged, effect: Effect, lock: int) -> Outcome:
        file = self._folder / f"{staged.service_id}.json"
        files.replace(file, json.dumps(for_effect(staged, effect)).encode(), durable=False)
        names = [part.name for part in staged.parts]
        words = ["--file", str(file), "up", "--detach", "--no-deps", "--no-build"]
        words += ["--pull", "never", "--timeout", str(round(self.stop_seconds)), *names]
        ran = await self._cli.run(words, _START_SECONDS + self.stop_seconds, keep=lock)
        if ran.code:
            code, temporary = refusal(ran)
            return Refused(code, f"{staged.service_id}: {ran.trouble}", temporary)
        return Accepted()

    async def _alone(
        self,
        service_id: str,
        key: str,
        fence: int,
        act: Act,
        parts: Mapping[str, Part] | None = None,
    ) -> Outcome:
        """Act under the service's lock, unless somebody came after this fence."""
        self._working[service_id] = self._working.get(service_id, 0) + 1
        try:
            return await self._locked(service_id, (key, fence), act, parts or {})
        except TemporaryError as error:
            return Unknown(error.message)
        except PermanentError as error:
            return Refused(error.code, error.message)
        finally:
            self._working[service_id] -= 1
            for listener in self._listeners:
                listener(service_id)

    async def _locked(
        self,
        service_id: str,
        keyed: tuple[str, int],
        act: Act,
        parts: Mapping[str, Part],
    ) -> Outcome:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = await _take(self._folder / f"{service_id}.lock")
        try:
            shown = await self._engine.containers(self._site.project)
            found = [container_of(one, parts) for one in shown]
            everything = [one for one in found if one is not None]
            highest = max((one.fence for one in everything), default=0)
            if keyed[1] < highest or not self._lease.admits(keyed[1]):
                return Refused(LEASE_LOST, f"{service_id}: somebody else conducts this environment")
            running = [one for one in everything if one.service_id == service_id]
            outcome = await act(running, lock)
            if isinstance(outcome, Accepted):
                self._remember(service_id, *keyed)
            return outcome
        finally:
            os.close(lock)

    def _remember(self, service_id: str, key: str, fence: int) -> None:
        self._last[service_id] = (key, fence)
        value = {"key": key, "fence": fence}
        files.replace_json(self._folder / f"{service_id}.last", value, durable=False)


def _has_started(running: list[Container], staged: Staged, key: str) -> bool:
    """Whether that key has brought every part of it to a start."""
    begun = {
        one.instance.workload
        for one in running
        if one.instance.key == key and one.instance.started_at
    }
    return begun >= {part.workload for part in staged.parts}


def _is_part(container: Container, staged: Staged) -> bool:
    """Whether Compose knows it by the name of a part that the revision has, too."""
    return container.part in {part.name for part in staged.parts}


async def _take(path: Path) -> int:
    """The lock, once whoever holds it is done; TemporaryError where that takes too long."""
    waited = 0.0
    while (descriptor := files.lock(path)) is None:
        if waited >= _LOCK_SECONDS:
            raise TemporaryError(f"{path.stem} is still being changed by an earlier command")
        await asyncio.sleep(_LOCK_PAUSE)
        waited += _LOCK_PAUSE
    return descriptor
