"""Tasks beside the loop: what they learn goes to the inbox, and so does an error that ends one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import TypeVar

from tierline.conductor.inbox import AllPrepared, Broke, Inbox
from tierline.errors import TemporaryError
from tierline.facts.observation import Lost
from tierline.plan.model import Plan
from tierline.store.protocol import Store
from tierline.targets.protocol import Target

T = TypeVar("T")

RECONNECT_SECONDS = 0.25
"""pause before a view that broke is opened again"""
COMMANDS_SECONDS = 0.02
"""how often the table of commands is read"""


class Background:
    """Owns every task of one rollout, so that all of them end with it."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Run beside the loop; an error reaches the loop, which raises it."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())
        return task

    async def end(self) -> None:
        """Cancel everything and wait until it is gone."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _guarded(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - handed to the loop, which raises it
            self._inbox.put(Broke(error))


async def observe(target: Target, inbox: Inbox) -> None:
    """Bring in what the target shows; opens the view again whenever it breaks."""
    while True:
        reason = "the target ended the view"
        try:
            async for observation in target.observe():
                inbox.put(observation)
        except TemporaryError as error:
            reason = error.message
        inbox.put(Lost(reason))
        await asyncio.sleep(RECONNECT_SECONDS)


async def listen(target: Target, inbox: Inbox) -> None:
    """Bring in telemetry; opens the stream again whenever it breaks."""
    while True:
        with suppress(TemporaryError):
            await _pass_on(target.signals(), inbox.put)
        await asyncio.sleep(RECONNECT_SECONDS)


async def heed(store: Store, environment: str, after: int, inbox: Inbox) -> None:
    """Bring in what people ask, from the command that follows on number `after`."""
    while True:
        for asked in store.asked(environment, after):
            after = asked.command_id
            inbox.put(asked)
        await asyncio.sleep(COMMANDS_SECONDS)


async def prepare(target: Target, plan: Plan, inbox: Inbox) -> None:
    """Bring in what was built and staged, and then that this is all."""
    await _pass_on(target.prepare(plan), inbox.put)
    inbox.put(AllPrepared())


async def _pass_on(items: AsyncIterator[T], put: Callable[[T], None]) -> None:
    async for item in items:
        put(item)
