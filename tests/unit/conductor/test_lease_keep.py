"""The lease is claimed again in time, and its loss is noticed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from itertools import pairwise

import pytest

from made.conducting import HERE, Place, holder
from tierline.conductor.lease import keep, this_holder
from tierline.conductor.virtual import EPOCH, run_virtually
from tierline.errors import LeaseLost, TemporaryError
from tierline.targets.protocol import Fence, Holder
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World


class Shaky(SimulatedTarget):
    """Claims fail while `fails` says so of the seconds since the start; all are counted."""

    def __init__(self, world: World, fails: Callable[[float], bool]) -> None:
        super().__init__(world, {})
        self.clock = world.now
        self.fails = fails
        self.asked: list[float] = []

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        self.asked.append(self.clock() - EPOCH)
        if self.fails(self.asked[-1]):
            raise TemporaryError("connection refused")
        return await super().claim(environment, holder, above)


def kept(seconds: float, fails: Callable[[float], bool], then: Callable[[Place], None]) -> Shaky:
    """Keep a lease of ten seconds for so long; `then` happens at half time."""
    place = Place()
    target = Shaky(place.world, fails)

    async def run() -> None:
        fence = place.world.claim(holder())
        asyncio.get_running_loop().call_later(seconds / 2, then, place)
        async with asyncio.timeout(seconds):
            await keep(target, HERE, fence, place.clock)

    run_virtually(run())
    return target


def nothing(_: Place) -> None:
    pass


def test_it_is_claimed_again_at_a_third_of_its_time() -> None:
    asked: list[float] = []
    with pytest.raises(TimeoutError):
        kept(60.0, lambda at: bool(asked.append(at)), nothing)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert len(asked) > 15
    assert all(gap == pytest.approx(10 / 3) for gap in gaps)


def test_somebody_else_who_has_it_ends_the_keeping() -> None:
    def usurp(place: Place) -> None:
        place.world.dead.add(holder())
        place.world.claim(holder("eve"))

    with pytest.raises(LeaseLost, match=r"eve .* conducts this environment") as caught:
        kept(60.0, lambda at: False, usurp)
    assert caught.value.code == "lease/lost"


def test_somebody_else_who_had_it_in_between_ends_the_keeping() -> None:
    def come_and_go(place: Place) -> None:
        place.world.dead.add(holder())
        place.world.release(place.world.claim(holder("eve")))

    with pytest.raises(LeaseLost, match="somebody else held the lease in between"):
        kept(60.0, lambda at: False, come_and_go)


def test_a_short_outage_is_survived() -> None:
    with pytest.raises(TimeoutError):
        kept(60.0, lambda at: 20.0 < at < 28.0, nothing)


def test_an_outage_longer_than_the_lease_loses_it() -> None:
    asked: list[float] = []

    def fails(at: float) -> bool:
        asked.append(at)
        return at > 20.0

    with pytest.raises(LeaseLost, match="connection refused") as caught:
        kept(60.0, fails, nothing)
    assert isinstance(caught.value.__cause__, TemporaryError)
    last_good = max(at for at in asked if at <= 20.0)
    assert last_good + 10.0 <= asked[-1] < last_good + 10.5
    assert len(asked) < 100


def test_this_process_says_who_it_is() -> None:
    mine = this_holder("ada")
    assert (mine.name, mine.pid) == ("ada", os.getpid())
    assert mine == this_holder("ada")
    assert mine.started > 0
