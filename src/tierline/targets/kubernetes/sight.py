"""What is in sight of a namespace, told to whoever looks: `Seen`s, `Synced`, `Lost`.

One view serves all who look. What ended is told with its last words, which are fetched first, and a
suspicion that has stood for its time is told when that is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.instant import Instant
from tierline.facts.observation import Fault, Instance, Lost, Observation, Phase, Seen, Synced
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.foreign import Foreign
from tierline.targets.kubernetes.listening import Listening
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import Object, annotation_of
from tierline.targets.kubernetes.output import last_words
from tierline.targets.kubernetes.view import View
from tierline.targets.kubernetes.watching import Watching

_WORDS_SECONDS = 2.0
SYNC_SECONDS = 20.0

_Queue = asyncio.Queue[Observation]


class Sight:
    """Watches while somebody looks, and a moment longer."""

    def __init__(
        self, namespace: Namespace, now: Callable[[], Instant], foreign: Foreign | None = None
    ) -> None:
        self._namespace, self._now, self._foreign = namespace, now, foreign
        self.view = View()
        self._watching: Watching | None = None
        self._task: asyncio.Task[None] | None = None
        self._queues: list[_Queue] = []
        self._kept = 0
        self._working: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._listening = Listening(namespace, now)
        self._words: dict[tuple[str, int], str] = {}
        self._told_synced = False

    @property
    def synced(self) -> bool:
        """Whether what the view holds is all there is."""
        return self._watching is not None and self._watching.synced

    async def look(self) -> AsyncGenerator[Observation, None]:
        """Everything now, `Synced`, then changes; `Lost` when it may be stale, and all anew after."""
        queue: _Queue = asyncio.Queue()
        self._queues.append(queue)
        try:
            self._begin()
            if self.synced:
                for observation in await self._everything():
                    yield observation
            while True:
                yield await self._next(queue)
        finally:
            self._queues.remove(queue)
            await self._rest()

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """The view is kept up while the block lasts, without being told what changes."""
        self._kept += 1
        self._begin()
        try:
            yield
        finally:
            self._kept -= 1
            await self._rest()

    async def _rest(self) -> None:
        """Stop watching where nobody needs it any more."""
        if not self._queues and not self._kept:
            await self.close()

    async def seen(self, service_id: str) -> Seen | None:
        """What is there of a service now; waits until all is in sight. None where nothing is."""
        await self.complete()
        return await self._seen(service_id) if service_id in self.view.services else None

    async def complete(self) -> None:
        """Wait until the view holds all there is. TemporaryError where the cluster does not say."""
        if self.synced:
            return
        try:
            async with asyncio.timeout(SYNC_SECONDS):
                async for observation in self.look():
                    if isinstance(observation, Synced):
                        return
                    if isinstance(observation, Lost):
                        raise TemporaryError(
                            observation.reason, code="cluster/silent", fix="run the command again"
                        )
        except TimeoutError as error:
            raise TemporaryError(
                f"the cluster did not say within {SYNC_SECONDS:g} s what there is",
                code="cluster/silent",
                fix="run the command again",
            ) from error

    async def close(self) -> None:
        """End watching; the view is of then."""
        tasks = [*self._working.values(), *([self._task] if self._task else [])]
        self._task, self._watching, self._told_synced = None, None, False
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task
        self._working.clear()

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self.view = View()
            self._watching = Watching(self._namespace, self._changed, self._sighted)
            self._task = asyncio.create_task(self._watching.run())

    async def _next(self, queue: _Queue) -> Observation:
        """What comes next; the error that ended the watching, if one did."""
        waiting = asyncio.ensure_future(queue.get())
        watched = [waiting, *([self._task] if self._task else [])]
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not waiting.done():
                waiting.cancel()
        if waiting.done() and not waiting.cancelled():
            return waiting.result()
        error = self._task.exception() if self._task is not None and self._task.done() else None
        raise _ended_by(error)

    def _changed(self, kind: str, objects: Mapping[str, Object | None]) -> None:
        concerned = {self.view.put(kind, name, self._known(o)) for name, o in objects.items()}
        if self._told_synced:
            for service_id in concerned - {""}:
                self._publish(service_id)

    def _known(self, item: Object | None) -> Object | None:
        return item if item is None or self._foreign is None else self._foreign.known(item)

    def _sighted(self) -> None:
        if self._watching is None:
            return
        if self._told_synced and self._watching.trouble:
            self._told_synced = False
            self._tell(Lost(self._watching.trouble))
        elif not self._told_synced and self._watching.trouble:
            self._tell(Lost(self._watching.trouble))
        elif self.synced and not self._told_synced:
            self._told_synced = True
            self._working[""] = asyncio.create_task(self._tell_everything())

    async def _tell_everything(self) -> None:
        for observation in await self._everything():
            self._tell(observation)

    async def _everything(self) -> list[Observation]:
        services = sorted(self.view.services)
        seen = await asyncio.gather(*(self._seen(name) for name in services))
        return [*seen, Synced(frozenset(services))]

    def _publish(self, service_id: str) -> None:
        """Tell of a service, one telling at a time; what moves meanwhile is told after."""
        if service_id in self._working:
            self._again.add(service_id)
            return
        self._working[service_id] = asyncio.create_task(self._published(service_id))

    async def _published(self, service_id: str) -> None:
        while True:
            self._again.discard(service_id)
            self._tell(await self._seen(service_id))
            if service_id not in self._again:
                del self._working[service_id]
                return

    async def _seen(self, service_id: str) -> Seen:
        now = self._now()
        seen = self.view.seen(service_id, now)
        due = [self.view.due(service_id, now)]
        if seen.fault is None and not seen.settled:
            seen = replace(seen, fault=await self._whispered(seen))
            due.append(self._listening.due(service_id))
        self._wake(service_id, min((at for at in due if at is not None), default=None), now)
        told = await asyncio.gather(*(self._with_words(one) for one in seen.instances))
        return replace(seen, instances=tuple(told))

    async def _whispered(self, seen: Seen) -> Fault | None:
        """What only events say of the newest effect."""
        objects = self.view.of(seen.service_id).values()
        ours = [one for one in objects if annotation_of(one, marks.KEY) == seen.last_key]
        return await self._listening.fault(seen.service_id, ours)

    def _wake(self, service_id: str, due: Instant | None, now: Instant) -> None:
        timer = self._timers.pop(service_id, None)
        if timer is not None:
            timer.cancel()
        if due is not None:
            loop = asyncio.get_running_loop()
            pause = max(0.01, due - now + 0.01)
            self._timers[service_id] = loop.call_later(pause, self._publish, service_id)

    async def _with_words(self, instance: Instance) -> Instance:
        """An instance that ended without a reason, with the last line that it printed."""
        ended = instance.phase is Phase.EXITED or instance.restarts > 0
        if not ended or instance.reason:
            return instance
        mark = (instance.id, instance.restarts)
        if mark not in self._words:
            words = ""
            with suppress(ApiRefusal, TimeoutError):
                async with asyncio.timeout(_WORDS_SECONDS):
                    pod = instance.id.partition("/")[0]
                    words = await last_words(self._namespace, pod, again=instance.restarts > 0)
            self._words[mark] = words
        return replace(instance, reason=self._words[mark])

    def _tell(self, observation: Observation) -> None:
        for queue in self._queues:
            queue.put_nowait(observation)


def _ended_by(error: BaseException | None) -> Exception:
    """What ended the watching, as those above understand it."""
    if isinstance(error, BaseExceptionGroup):
        found: tuple[BaseException, ...] = error.exceptions  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - of any exception
        return _ended_by(found[0])
    if isinstance(error, PermanentError):
        return error
    told = f"watching ended: {error}" if error else "watching ended"
    return TemporaryError(told, code="cluster/silent", fix="run the command again")
