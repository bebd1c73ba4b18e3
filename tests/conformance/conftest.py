"""Every test of the conformance suite plays in a world of each target."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from conformance.acting import Play, Scenario
from conformance.worlds import BEDS, FACTORIES


@pytest.fixture(params=sorted(FACTORIES))
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Play:
    """Run a scenario in a fresh world of each target."""
    name: str = request.param
    bed = [request.getfixturevalue(BEDS[name])] if name in BEDS else []

    def run(scenario: Scenario) -> None:
        async def main() -> None:
            async with FACTORIES[name](tmp_path, *bed) as world:
                async with asyncio.timeout(240 if bed else 60):
                    await scenario(world)

        asyncio.run(main())

    return run
