"""Runs a mesh's services as containers of a Docker engine on this host, by Docker Compose.

What runs is a service of the mesh's own Compose files with images pinned, one at a time and in the
order of the plan. Retries nothing and judges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing

from tierline.errors import TemporaryError
from tierline.facts.evidence import Evidence, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import Observation, Outcome, Refused, Unknown
from tierline.facts.probe import ConnectionProbe, LogLine, Probe
from tierline.facts.revision import ABSENT
from tierline.mesh.model import Mesh
from tierline.plan.model import Plan
from tierline.targets.asking.contracts import Readers
from tierline.targets.asking.promised import Promised, Taker, readers_of
from tierline.targets.compose.effects import Effects
from tierline.targets.compose.engine import Engine
from tierline.targets.compose.lease import HostLease
from tierline.targets.compose.model import Part, Staged
from tierline.targets.compose.prepare import Preparation, Sources
from tierline.targets.compose.probe import Prober, Subject
from tierline.targets.compose.project import parts_of
from tierline.targets.compose.rendering import Effect
from tierline.targets.compose.seeing import Container
from tierline.targets.compose.site import Site
from tierline.targets.compose.stage import Stages
from tierline.targets.compose.telemetry import Telemetry
from tierline.targets.compose.watch import Around, Watch, line_at
from tierline.targets.keeping import Keeping
from tierline.targets.protocol import Capabilities, Fence, Holder, Prepared


class ComposeTarget:
    """Satisfies `targets.protocol.Target`. Make one for each mesh and environment."""

    def __init__(self, site: Site, mesh: Mesh, sources: Sources) -> None:
        self._site, self._mesh = site, mesh
        self._engine = Engine(site.socket)
        self._lease = HostLease(site.state)
        self._stages = Stages(site.state / "staged", Keeping(site.kept))
        self._preparation = Preparation(site, mesh, sources, self._stages)
        self._effects = Effects(site, self._engine, self._lease)
        self._telemetry = Telemetry(site, self._engine)
        self._parts: Mapping[str, Part] | None = None
        around = Around(site, self._engine, self._effects, self._known_parts)
        self._watch = Watch(around, self._told)
        self._prober = Prober(site, self._watch, self._engine.execute)
        self._listens = False
        self._planned: Mapping[str, str] = {}

    def capabilities(self) -> Capabilities:
        """No conditional write: a fence is looked at before an effect, and not with it."""
        return Capabilities(
            "compose",
            enforces_fence=False,
            observes_sessions=True,
            receives_signals=True,
            holds_contracts=True,
        )

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        """The lease of this host for 10 s; LeaseHeld names who has it."""
        del environment
        return self._lease.claim(holder, above, self._site.now())

    async def release(self, fence: Fence) -> None:
        """Give the lease back."""
        self._lease.release(fence.token)

    async def available(self, service_id: str, revision: str) -> bool:
        """Whether the revision is staged and the engine has its images; absence always is."""
        if revision == ABSENT:
            return True
        staged = self._stages.find(service_id, revision)
        return staged is not None and await self._preparation.available(staged)

    def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        """Build or pull what is planned; what is staged already is done at once."""
        self._effects.stop_seconds = plan.rules.limits.stop_seconds
        self._planned = {one.service_id: one.revision.id for one in plan.services}
        self._stages.keeping.protect(plan)
        return self._preparation.prepare(plan)

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Replace what runs of the service by a staged revision."""
        staged = self._stages.find(service_id, revision)
        if staged is None:
            if failed := self._preparation.failed.get(service_id):
                return Refused(failed.code, failed.detail)
            return Refused(
                "build/missing", f"{service_id}: revision {revision[:12]} is not staged here"
            )
        self._stages.started(staged)
        try:
            endpoints = await self._endpoints(staged)
        except TemporaryError as error:
            return Unknown(error.message)
        return await self._effects.start(staged, Effect(key, fence, endpoints))

    async def restore(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Start an older staged revision again; `absent` stops the service."""
        if revision == ABSENT:
            return await self.stop(service_id, key, fence)
        return await self.apply(service_id, revision, key, fence)

    async def stop(self, service_id: str, key: str, fence: int) -> Outcome:
        """End and remove the service's containers; its volumes stay."""
        if service_id not in self._mesh.services:
            return Refused("build/missing", f"{service_id} is no service of this mesh")
        return await self._effects.stop(service_id, key, fence, self._known_parts())

    async def observe(self) -> AsyncGenerator[Observation, None]:
        """Everything now, `Synced`, then changes; `Lost` and all anew if the engine goes away."""
        async with aclosing(self._watch.observe()) as frames:
            async for frame in frames:
                yield frame

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        """One fact, found out now."""
        subject = await self._subject(service_id)
        owner = await self._subject(probe.owner) if isinstance(probe, ConnectionProbe) else None
        return await self._prober.ask(subject, probe, owner)

    async def signals(self) -> AsyncGenerator[Signal, None]:
        """Telemetry from now on, and what containers print since their start."""
        self._listens = True
        try:
            await self._telemetry.reopen()
            self._telemetry.know(await self._watch.all())
            async with aclosing(self._telemetry.signals()) as stream:
                async for signal in stream:
                    yield signal
        finally:
            self._listens = False
            await self._telemetry.close()

    async def logs(
        self, service_id: str, since: Instant, limit: int
    ) -> AsyncGenerator[LogLine, None]:
        """The newest lines of all workloads of a service."""
        found: list[tuple[float, LogLine]] = []
        for container in await self._watch.current(service_id):
            before = container.instance.started_at
            for text in await self._engine.logs(container.id, since, limit):
                at, line = line_at(text)
                before = at or before
                if at is None or at >= since:
                    workload = container.instance.workload
                    found.append((before, LogLine(service_id, workload, at, line)))
        found.sort(key=lambda each: each[0])
        for _, line in found[-limit:] if limit > 0 else []:
            yield line

    async def close(self) -> None:
        """Stop receiving telemetry; what runs goes on running."""
        await self._telemetry.close()

    async def down(self) -> bool:
        """Remove every container of our services and the networks; False if nothing was there."""
        containers = [c for name in self._mesh.services for c in await self._watch.current(name)]
        ends = [
            self._engine.stop_and_remove(one.id, self._effects.stop_seconds) for one in containers
        ]
        await asyncio.gather(*ends)
        for network in {name for one in containers for name in one.addresses}:
            await self._engine.remove_network(network)
        return bool(containers)

    async def _endpoints(self, staged: Staged) -> dict[str, str]:
        """Part -> where it sends telemetry; all its networks are there afterwards."""
        found: dict[str, str] = {}
        for part in staged.parts:
            urls = [await self._telemetry.reach(network) for network in part.networks]
            found[part.name] = next((url for url in urls if url), "")
        return found

    async def _subject(self, service_id: str) -> Subject:
        containers = await self._watch.current(service_id)
        revisions = {one.instance.revision for one in containers if one.live} or {
            one.instance.revision for one in containers
        }
        staged = self._stages.find(service_id, revisions.pop()) if len(revisions) == 1 else None
        told = staged.promised if staged else None
        readers = self._readers_of(service_id, told) if told else None
        return Subject(service_id, containers, staged, readers)

    def _readers_of(self, service_id: str, told: Promised) -> Readers | None:
        """How to find who takes its contract; None where not all that runs is known."""
        if told.contract is None or not self._watch.synced:
            return None
        return readers_of(service_id, told.contract.path, self._revisions, self._taker)

    def _revisions(self) -> Mapping[str, str]:
        """What runs, and what is about to."""
        live = [one for one in self._watch.containers.values() if one.live]
        return {**{one.service_id: one.instance.revision for one in live}, **self._planned}

    def _taker(self, service_id: str, revision: str) -> Taker | None:
        staged = self._stages.find(service_id, revision)
        known = self._mesh.services.get(service_id)
        owners = {*(staged.owners if staged else ()), *(known.owners if known else ())}
        if staged is None and known is None:
            return None
        return Taker(tuple(owners), staged.promised if staged else None)

    def _told(self, containers: Iterable[Container]) -> None:
        if self._listens:
            self._telemetry.know(containers)

    def _known_parts(self) -> Mapping[str, Part]:
        if self._parts is None:
            found = parts_of(self._site.root, self._mesh)
            self._parts = {part.name: part for part in found}
        return self._parts
