"""Shows what runs of a project and how it changes: a list, then the engine's stream of events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.observation import Lost, Observation, Phase, Synced
from tierline.frozen import frozen
from tierline.targets.compose.effects import Effects
from tierline.targets.compose.engine import Engine
from tierline.targets.compose.model import Part
from tierline.targets.compose.seeing import Container, container_of, instant, seen_of
from tierline.targets.compose.site import Site
from tierline.targets.words import clean, decisive

_TRACE = 200
"""lines of output in which the reason of an exit is looked for"""
_LONGEST = 400
_EARLY_SECONDS = 2.0
"""a busy engine notes the start of a container that long after it has printed its first lines"""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_QUIET = ("exec_create", "exec_start", "exec_die", "top", "attach", "resize")


@frozen
class Around:
    """What a watch works with. `parts` are Compose services by name."""

    site: Site
    engine: Engine
    effects: Effects
    parts: Callable[[], Mapping[str, Part]]


class Watch:
    """The containers of a project as far as they were seen; `told` hears of every change."""

    def __init__(self, around: Around, told: Callable[[Iterable[Container]], None]) -> None:
        self._around, self._told = around, told
        self._reasons: dict[str, str] = {}
        self.containers: dict[str, Container] = {}
        self.synced = 0
        """how many open views have shown everything"""

    async def observe(self) -> AsyncGenerator[Observation]:
        """Everything now, `Synced`, then changes; `Lost` and all anew when the stream breaks."""
        pause = _FIRST_PAUSE
        while True:
            counted = False
            try:
                async with self._around.engine.events(self._around.site.project) as events:
                    for observation in await self._everything():
                        yield observation
                    self.synced += 1
                    counted, pause = True, _FIRST_PAUSE
                    async for name in self._changes(events):
                        yield self._seen(name)
                    reason = "the engine's stream of events ended"
            except (TemporaryError, PermanentError) as error:
                reason = error.message
            finally:
                self.synced -= counted
            yield Lost(reason)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def current(self, service_id: str) -> tuple[Container, ...]:
        """The containers of a service: as seen if somebody looks, else as listed now."""
        return tuple(one for one in await self.all() if one.service_id == service_id)

    async def all(self) -> tuple[Container, ...]:
        """Every container of ours, in the same way."""
        if not self.synced:
            await self._everything()
        return tuple(self.containers.values())

    async def look_at(self, identity: str) -> Container | None:
        """One container as it is this moment."""
        return await self._read(await self._around.engine.container(identity))

    async def _everything(self) -> list[Observation]:
        listed = await self._around.engine.containers(self._around.site.project)
        found = [await self._read(one) for one in listed]
        self.containers = {one.id: one for one in found if one is not None}
        self._told(self.containers.values())
        names = sorted({one.service_id for one in self.containers.values()})
        return [*map(self._seen, names), Synced(frozenset(names))]

    async def _changes(
        self, events: AsyncGenerator[Mapping[str, Any]] | Any
    ) -> AsyncGenerator[str]:
        """Ids of services of which something changed, by the engine or by an effect of ours."""
        queue: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()

        async def read() -> None:
            try:
                async for event in events:
                    action = str(event.get("Action") or event.get("status") or "")
                    if not action.startswith(_QUIET):
                        queue.put_nowait(("container", str(event["Actor"]["ID"])))
            finally:
                queue.put_nowait(None)

        reader = asyncio.create_task(read())
        with self._around.effects.heard(lambda name: queue.put_nowait(("service", name))):
            try:
                while (item := await queue.get()) is not None:
                    kind, name = item
                    if kind == "service":
                        yield name
                    elif changed := await self._look_again(name):
                        yield changed
                await reader
            finally:
                reader.cancel()
                with contextlib.suppress(asyncio.CancelledError, TemporaryError, PermanentError):
                    await reader

    async def _look_again(self, identity: str) -> str:
        """The service of a container that changed; "" where it is none of ours or shows nothing new."""
        known = self.containers.get(identity)
        found = await self.look_at(identity)
        if found is None:
            self.containers.pop(identity, None)
        else:
            self.containers[identity] = found
        if found == known:
            return ""
        self._told(self.containers.values())
        named = found or known
        return named.service_id if named else ""

    async def _read(self, shown: Mapping[str, Any] | None) -> Container | None:
        if shown is None:
            return None
        found = container_of(shown, self._around.parts())
        if found is None or found.instance.phase is not Phase.EXITED:
            return found
        reason = await self._reason(found)
        return replace(found, instance=replace(found.instance, reason=reason))

    async def _reason(self, container: Container) -> str:
        """What the exit code does not say: the engine's word, else the last output."""
        instance = container.instance
        if instance.reason or not instance.started_at:
            return clean(instance.reason)
        known = self._reasons.get(instance.id)
        if known is None:
            since = instance.started_at - _EARLY_SECONDS
            lines = await self._around.engine.logs(container.id, since, _TRACE)
            said = [clean(line.partition(" ")[2]) for line in lines]
            if not (known := decisive(said)[:_LONGEST]):
                return "it printed nothing"
            self._reasons[instance.id] = known
        return known

    def _seen(self, service_id: str) -> Observation:
        own = [one for one in self.containers.values() if one.service_id == service_id]
        effects = self._around.effects
        settled = not effects.under_way(service_id) and all(
            one.instance.phase is not Phase.STARTING for one in own
        )
        keyed = effects.last(service_id)
        return seen_of(service_id, own, keyed, settled, self._around.site.now())


def line_at(line: str) -> tuple[float | None, str]:
    """When a line of the engine's logs was printed, and its text."""
    stamp, _, text = line.partition(" ")
    at = instant(stamp)
    return (at or None), clean(text)
