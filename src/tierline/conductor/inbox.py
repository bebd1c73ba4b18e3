"""What reaches the conductor between two turns, in order of arrival."""

from __future__ import annotations

import asyncio
from collections import deque

from tierline.facts.evidence import Evidence
from tierline.facts.observation import Observation, Outcome
from tierline.frozen import frozen
from tierline.rollout.events import RollbackDecided
from tierline.rollout.state import State
from tierline.store.protocol import Asked
from tierline.targets.protocol import Prepared


@frozen
class Answered:
    """The target answered an effect."""

    service_id: str
    key: str
    outcome: Outcome


@frozen
class AllPrepared:
    """Every planned service is built and staged, or known not to be."""


@frozen
class Considered:
    """What has to go back, as found out from a state: worthless if that has changed since."""

    state: State
    event: RollbackDecided


@frozen
class Broke:
    """A background task ended by an error that the rollout cannot survive."""

    error: BaseException


@frozen
class Written:
    """The journal took what was to be written, or cannot take it."""


Input = (
    Observation
    | Evidence
    | Answered
    | Asked
    | Prepared
    | AllPrepared
    | Considered
    | Written
    | Broke
)


class Inbox:
    """A queue that is taken whole; waits until something is in it or a time has passed."""

    def __init__(self) -> None:
        self._items: deque[Input] = deque()
        self._filled = asyncio.Event()

    def put(self, item: Input) -> None:
        """Add one item; never waits."""
        self._items.append(item)
        self._filled.set()

    async def take(self, seconds: float) -> list[Input]:
        """Everything that arrived, after at most `seconds` of waiting for the first.

        Others get their turn first, even where there is nothing to wait for.
        """
        await asyncio.sleep(0)
        if not self._items and seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    await self._filled.wait()
            except TimeoutError:
                pass
        taken = list(self._items)
        self._items.clear()
        self._filled.clear()
        return taken
