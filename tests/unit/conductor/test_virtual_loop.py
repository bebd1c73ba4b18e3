"""Virtual time: it jumps, it orders, and it says when a run would never end."""

from __future__ import annotations

import asyncio
import time

import pytest

from tierline.conductor.virtual import EPOCH, Deadlock, VirtualClock, run_virtually

DAY = 86_400.0


async def pause(seconds: float) -> None:
    """Virtual seconds, which take no time."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, done.set)
    await done.wait()


def test_a_day_takes_no_time() -> None:
    began = time.monotonic()

    async def wait() -> float:
        await pause(DAY)
        return VirtualClock().now()

    assert run_virtually(wait()) == EPOCH + DAY
    assert time.monotonic() - began < DAY / 1000


def test_timers_fire_in_the_order_of_their_times() -> None:
    fired: list[tuple[float, str]] = []

    async def fire(name: str, after: float) -> None:
        await pause(after)
        fired.append((VirtualClock().now() - EPOCH, name))

    async def all_of_them() -> None:
        await asyncio.gather(fire("c", 3.0), fire("a", 0.5), fire("b", 2.0), fire("a2", 0.5))

    run_virtually(all_of_them())
    assert fired == [(0.5, "a"), (0.5, "a2"), (2.0, "b"), (3.0, "c")]


def test_every_run_begins_at_the_same_time() -> None:
    async def now() -> float:
        return VirtualClock().now()

    assert run_virtually(now()) == run_virtually(now()) == EPOCH


def test_time_does_not_pass_while_something_is_ready() -> None:
    async def busy() -> float:
        for _ in range(1000):
            await asyncio.sleep(0)
        return VirtualClock().now()

    assert run_virtually(busy()) == EPOCH


def test_a_timeout_ends_what_would_wait_for_ever() -> None:
    async def wait() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(7.0):
                await asyncio.Event().wait()
        return VirtualClock().now()

    assert run_virtually(wait()) == EPOCH + 7.0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_run_that_would_never_end_says_so() -> None:
    async def stuck() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock, match="nothing is ready and no timer is set"):
        run_virtually(stuck())


def test_what_the_work_raises_comes_out() -> None:
    async def fail() -> None:
        await pause(1.0)
        raise LookupError("of its own")

    with pytest.raises(LookupError, match="of its own"):
        run_virtually(fail())
