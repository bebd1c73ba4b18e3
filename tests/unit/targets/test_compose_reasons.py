"""Why a container ended: its own last output, also what a busy engine noted as before its start."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from tierline.targets.compose.seeing import instant
from tierline.targets.compose.watch import Around, Watch
from unit.targets.test_compose_seeing import shown

STARTED = "2026-01-02T03:04:05.123456789Z"
ENDED = shown(State={"Status": "exited", "ExitCode": 1, "StartedAt": STARTED, "Pid": 0})


class Engine:
    """One container that has ended, and what it printed, by the second of that minute."""

    def __init__(self, **lines: str) -> None:
        self.lines = [f"2026-01-02T03:04:0{at[1:]}.0Z {text}" for at, text in lines.items()]

    async def container(self, _identity: str) -> dict[str, Any]:
        """As `inspect` shows it."""
        return ENDED

    async def logs(self, _identity: str, since: float, _limit: int) -> list[str]:
        """What was printed from then on."""
        return [one for one in self.lines if instant(one.partition(" ")[0]) >= since]


def reasons(engine: Engine, *later: str) -> list[str]:
    """What is told of it at once, and after each further line."""
    around = SimpleNamespace(engine=engine, parts=dict)
    watch = Watch(cast("Around", around), lambda _: None)

    async def looked() -> str:
        found = await watch.look_at("c0ffee")
        assert found is not None
        return found.instance.reason

    async def story() -> list[str]:
        told = [await looked()]
        for line in later:
            engine.lines.append(f"2026-01-02T03:04:06.0Z {line}")
            told.append(await looked())
        return told

    return asyncio.run(story())


def test_what_was_printed_before_the_engine_noted_the_start_counts() -> None:
    assert reasons(Engine(s5="SyntaxError: invalid syntax")) == ["SyntaxError: invalid syntax"]


def test_what_an_earlier_start_printed_long_ago_does_not() -> None:
    assert reasons(Engine(s1="of before")) == ["it printed nothing"]


def test_that_nothing_was_printed_is_looked_at_again() -> None:
    assert reasons(Engine(), "ValueError: no") == ["it printed nothing", "ValueError: no"]
