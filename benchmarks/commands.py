"""How soon a command that another process asks for is taken up, and how soon a person hears of it.

    python benchmarks/commands.py [COUNT]

A conductor on a simulated target, with the real clock and the real SQLite journal, has a service
on its way that never gets well. Another process leaves `hold` and `resume` in turn, at random
moments. Taken up: from just before the row is in the table of commands to the time that the journal
gives the event. Seen: until the asking process has read it there. Budget: 100 ms.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from plan import made

from tierline.conductor.carry_out import Request, carry_out
from tierline.conductor.lease import this_holder
from tierline.conductor.look import Look
from tierline.conductor.reporter import Reporter
from tierline.conductor.world import World
from tierline.evidence.clock import WallClock
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.rollout.events import Command, CommandAccepted, RolloutRequested
from tierline.store.protocol import Asked
from tierline.store.sqlite import SqliteStore
from tierline.targets.simulated.behaviour import Behaviour
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World as SimulatedWorld

HERE, COUNT = "local", 200
FOREVER = 100_000.0


def endless(count: int = 20) -> Plan:
    """A plan whose services have all the time in the world."""
    request = made(count, 0, seed=1)
    limits = replace(request.policy.limits, verify_seconds=FOREVER, max_parallel=2)
    return build(replace(request, policy=replace(request.policy, limits=limits)))


async def conduct(path: Path, plan: Plan) -> None:
    """Until a person aborts it."""
    clock, store = WallClock(), SqliteStore(path)
    ill = {service.service_id: (Behaviour(healthy_after=None),) for service in plan.services}
    world = SimulatedWorld(clock.now, ill)
    wired = World(HERE, store, SimulatedTarget(world, {}), clock, Reporter())
    await carry_out(wired, this_holder("bench"), Request(plan, "bench"), Look(), lambda _: None)


def ask(path: Path, count: int) -> list[tuple[float, float]]:
    """(seconds until taken up, seconds until seen) of each command."""
    store, chance = SqliteStore(path), random.Random(7)
    while not any(isinstance(row.event, RolloutRequested) for row in store.read(HERE)):
        time.sleep(0.05)
    rollout = store.rollouts(HERE)[0]
    time.sleep(1.0)
    took: list[tuple[float, float]] = []
    for number in range(count):
        command = Command.RESUME if number % 2 else Command.HOLD
        took.append(one(store, rollout, command))
        time.sleep(chance.uniform(0.05, 0.3))
    store.ask(HERE, Asked(0, rollout, Command.ABORT, "bench", "", time.time()))
    return took


def one(store: SqliteStore, rollout: str, command: Command) -> tuple[float, float]:
    """Ask, and read the journal every 5 ms until it is there."""
    head, began = store.head(HERE), time.time()
    number = store.ask(HERE, Asked(0, rollout, command, "bench", "", began))
    while True:
        for row in store.read(HERE, rollout, after=head):
            if isinstance(row.event, CommandAccepted) and row.event.command_id == number:
                return row.at - began, time.time() - began
        time.sleep(0.005)


def main() -> None:
    """Print quantiles of both."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.db")
        SqliteStore(path).close()
        conductor = multiprocessing.Process(target=lambda: asyncio.run(conduct(path, endless())))
        conductor.start()
        took = ask(path, count)
        conductor.join()
    for what, values in zip(("taken up", "seen"), zip(*took, strict=True), strict=True):
        cuts = statistics.quantiles(values, n=100)
        told = f"median {cuts[49]:.3f} s, p95 {cuts[94]:.3f} s, most {max(values):.3f} s"
        print(f"{what} after {told}, of {count} commands")


if __name__ == "__main__":
    main()
