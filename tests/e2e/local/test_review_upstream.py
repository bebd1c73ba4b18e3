"""A connection counts for an owner only if that owner's own process answers it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from conformance.acting import me
from conformance.local_world import local_world
from conformance.services import Services
from tierline.facts.evidence import Answer, Connection
from tierline.facts.observation import Seen, Synced
from tierline.facts.probe import ConnectionProbe
from tierline.targets.asking.addresses import Address
from tierline.targets.local.client import Client
from tierline.targets.local.probe import Prober, Subject

STEADY, TWOFOLD = Services.STEADY.value, Services.TWOFOLD.value


def test_another_service_in_the_owners_place_is_not_the_owner(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with local_world(tmp_path) as world, asyncio.timeout(60):
            target, plan = world.target(), world.plan(1)
            async for _ in target.prepare(plan):
                pass
            fence = await target.claim("local", me())
            for service in plan.services:
                if service.service_id in {STEADY, TWOFOLD}:
                    key = f"r1/{service.service_id}/apply/1"
                    await target.apply(service.service_id, service.revision.id, key, fence.token)
            client = Client(world.folders.state, world.folders.runtime)
            seen: dict[str, Seen] = {}
            async for shown in client.observe():
                if isinstance(shown, Seen):
                    seen[shown.service_id] = shown
                if isinstance(shown, Synced):
                    break
            port = int(seen[TWOFOLD].instances[0].addresses["http"].rpartition(":")[2])
            prober = Prober(client, time.time)
            for owner, answer in ((TWOFOLD, Answer.OK), (STEADY, Answer.FAILED)):
                address = Address("", "127.0.0.1", port)
                subject = Subject(STEADY, seen[STEADY], {owner: address})
                fact = await reached(prober, subject, owner)
                assert fact.answer is answer, fact
            assert fact.detail == f"port {port} of {STEADY} is answered by {TWOFOLD}, not by it"

    asyncio.run(scenario())


async def reached(prober: Prober, subject: Subject, owner: str) -> Connection:
    """What is found out as soon as anybody listens."""
    while True:
        fact = await prober.ask(subject, ConnectionProbe(owner))
        assert isinstance(fact, Connection)
        if fact.answer is not Answer.NOBODY:
            return fact
        await asyncio.sleep(0.02)
