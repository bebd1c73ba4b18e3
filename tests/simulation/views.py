"""A target whose view of the world breaks, lags, repeats and disorders itself, by script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

from tierline.errors import TemporaryError
from tierline.facts.observation import Lost, Observation, Seen
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World


@dataclass(frozen=True)
class ViewFaults:
    """What is wrong with the view. `cuts` are numbers of observations after which it breaks, one a
    connection; the shares are of observations that come late, twice, or after their successor."""

    cuts: tuple[int, ...] = ()
    late: float = 0.0
    twice: float = 0.0
    disordered: float = 0.0


class FaultyView:
    """Spoils observations; shared by all conductors of one run, so that its faults come to an end."""

    def __init__(self, faults: ViewFaults, seed: int) -> None:
        self._faults = faults
        self._random = Random(seed)
        self._cuts = list(faults.cuts)
        self._delays = 3

    async def spoil(self, whole: AsyncIterator[Observation]) -> AsyncIterator[Observation]:
        """The observations as they get through; ends by Lost or an error where it is cut."""
        left = self._cuts.pop(0) if self._cuts else None
        held_back: Seen | None = None
        async for observation in whole:
            if left is not None and left <= 0:
                if self._random.random() < 0.5:
                    raise TemporaryError("the view was cut")
                yield Lost("the view was cut")
                return
            left = left and left - 1
            await self._lag()
            disordered = isinstance(observation, Seen) and self._chance(self._faults.disordered)
            if held_back is None and disordered and isinstance(observation, Seen):
                held_back = observation
            yield observation
            if self._chance(self._faults.twice):
                yield observation
            if held_back is not None and held_back is not observation:
                yield held_back
                held_back = None

    async def _lag(self) -> None:
        if self._delays and self._chance(self._faults.late):
            self._delays -= 1
            await asyncio.sleep(self._random.choice((0.05, 0.3, 0.8)))

    def _chance(self, share: float) -> bool:
        return bool(share) and self._random.random() < share


class SpoiltTarget(SimulatedTarget):
    """Shows the world through a faulty view."""

    def __init__(self, world: World, owners: dict[str, tuple[str, ...]], view: FaultyView) -> None:
        super().__init__(world, owners)
        self._view = view

    def observe(self) -> AsyncIterator[Observation]:
        return self._view.spoil(super().observe())
