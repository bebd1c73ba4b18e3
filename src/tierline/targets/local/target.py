"""Runs a mesh's services as processes of this machine, held by the environment's supervisor.

Builds, stages, renders and probes; spawning, reaping, ports, fences and telemetry are the
supervisor's. Retries nothing and judges nothing.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.evidence import Evidence, Signal
from tierline.facts.instant import Instant
from tierline.facts.observation import (
    Instance,
    Lost,
    Observation,
    Outcome,
    Phase,
    Refused,
    Seen,
    Synced,
    Unknown,
)
from tierline.facts.probe import EventProbe, LogLine, Probe
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.mesh.model import Mesh
from tierline.plan.model import Plan
from tierline.targets.asking.addresses import Address
from tierline.targets.asking.contracts import Contract, Readers
from tierline.targets.keeping import KEPT, Keeping
from tierline.targets.local.build import Tools
from tierline.targets.local.client import Client
from tierline.targets.local.closure import Sources
from tierline.targets.local.events import EventProber, Publisher
from tierline.targets.local.infrastructure import Infrastructure
from tierline.targets.local.messages import Launch, ReadLogs, TakenPort
from tierline.targets.local.paths import Folders
from tierline.targets.local.prepare import CONFIG, Preparation
from tierline.targets.local.probe import Prober, Subject
from tierline.targets.local.processes import optional_http, workloads
from tierline.targets.local.readers import ContractReaders
from tierline.targets.local.stage import Staged, Stages, write_whole
from tierline.targets.local.wiring import Wired, Wiring
from tierline.targets.protocol import Capabilities, Fence, Holder, Prepared

LEASE_SECONDS = 10.0
SNAPSHOT_SECONDS = 5.0
_DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"


@frozen
class Site:
    """Where and under what conditions a local environment lives.

    `environ` is what builds and services may take from the caller (PATH, Go's variables); `now`
    stamps evidence.
    """

    root: Path
    environment: str
    folders: Folders
    environ: Mapping[str, str]
    now: Callable[[], Instant] = time.time
    kept: int = KEPT
    """revisions of a service that stay available"""


class LocalTarget:
    """Satisfies `targets.protocol.Target`. Make one for each mesh and environment.

    `sources` says what each service builds from, and what it would ship (`evidence.sources`).
    """

    def __init__(self, site: Site, mesh: Mesh, sources: Sources) -> None:
        self._site, self._mesh = site, mesh
        self._client = Client(site.folders.state, site.folders.runtime)
        self._stages = Stages(site.folders.state / "staged", Keeping(site.kept))
        tools = Tools(site.environ, site.folders.cache)
        self._preparation = Preparation(site.root, mesh, sources, self._stages, tools)
        self._wiring = Wiring(self._client, mesh)
        self._prober = Prober(self._client, site.now)
        self._events = EventProber(self._client, self._stages, site.now)
        self._infrastructure = Infrastructure()
        self._readers = ContractReaders(mesh, self._stages)
        self._wired: dict[tuple[str, str], Wired] = {}
        self._running: dict[str, Staged] = {}
        self._seen: dict[str, Seen] = {}
        self._synced: set[object] = set()
        """the open views that have shown everything"""
        self._stop_seconds = 10.0

    def capabilities(self) -> Capabilities:
        """Everything: the supervisor sees sessions, checks fences and receives telemetry."""
        return Capabilities(
            "local",
            enforces_fence=True,
            observes_sessions=True,
            receives_signals=True,
            holds_contracts=True,
        )

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        """The lease for 10 s of our own clock; LeaseHeld names who has it."""
        until = self._site.now() + LEASE_SECONDS
        fence = await self._client.claim(environment, holder, LEASE_SECONDS, above)
        return replace(fence, until=until)

    async def release(self, fence: Fence) -> None:
        """Give the lease back."""
        await self._client.release(fence.token)

    async def available(self, service_id: str, revision: str) -> bool:
        """Whether the revision is staged; absence always is."""
        if revision == ABSENT:
            return True
        return await asyncio.to_thread(self._stages.find, service_id, revision) is not None

    def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        """Build and stage everything planned; what is staged already is done at once."""
        self._stop_seconds = plan.rules.limits.stop_seconds
        self._readers.planned = {one.service_id: one.revision.id for one in plan.services}
        return self._preparation.prepare(plan)

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Replace what runs of the service by a staged revision."""
        staged = self._find(service_id, revision)
        if staged is None:
            if failed := self._preparation.failed.get(service_id):
                return Refused(failed.code, failed.detail)
            return Refused(
                "build/missing", f"{service_id}: revision {revision[:12]} is not staged here"
            )
        try:
            wired = await self._wire(staged)
        except TemporaryError as error:
            return Unknown(error.message)
        except PermanentError as error:
            return Refused(error.code, f"{error.message}; {error.fix}" if error.fix else str(error))
        if wired.ports.taken:
            return Refused("port/taken", _taken(service_id, wired.ports.taken), temporary=True)
        await self._infrastructure.look(service_id, wired.rendered.infrastructure)
        try:
            self._write_config(staged, wired)
        except OSError as error:
            return Refused("config/unwritable", f"{staged.shown_config}: {error.strerror}")
        return await self._launch(staged, wired, key, fence)

    async def restore(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Start an older staged revision again; `absent` stops the service."""
        if revision == ABSENT:
            return await self.stop(service_id, key, fence)
        return await self.apply(service_id, revision, key, fence)

    async def stop(self, service_id: str, key: str, fence: int) -> Outcome:
        """End what runs of the service; its data stays."""
        try:
            return await self._client.stop(service_id, key, fence, self._stop_seconds)
        except TemporaryError as error:
            return Unknown(error.message)

    async def observe(self) -> AsyncGenerator[Observation, None]:
        """Everything now, `Synced`, then changes; `Lost` and all anew if the supervisor dies."""
        view = object()
        try:
            async with aclosing(self._client.observe(self._site.now)) as frames:
                async for frame in frames:
                    yield self._taken_in(view, frame)
        finally:
            self._synced.discard(view)

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        """One fact, found out now."""
        if isinstance(probe, EventProbe):
            return await self._published(service_id, probe)
        return await self._prober.ask(await self._subject(service_id), probe)

    def signals(self) -> AsyncIterator[Signal]:
        """Telemetry as the supervisor receives it."""
        return self._client.signals(self._site.now)

    def logs(self, service_id: str, since: Instant, limit: int) -> AsyncIterator[LogLine]:
        """The newest lines of all workloads of a service."""
        return self._client.logs(ReadLogs(service_id, since=since, limit=limit))

    def _find(self, service_id: str, revision: str) -> Staged | None:
        try:
            return self._stages.find(service_id, revision)
        except PermanentError:
            return None

    async def _wire(self, staged: Staged) -> Wired:
        status = await self._client.ensure()
        otlp = urlsplit(status.otlp_url).netloc
        template = self._stages.template(staged) or ""
        wired = await self._wiring.wire(staged, template, otlp)
        self._wired[staged.service_id, staged.revision] = wired
        return wired

    def _write_config(self, staged: Staged, wired: Wired) -> None:
        folder = self._stages.folder(staged.service_id, staged.revision)
        if self._stages.template(staged) is not None:
            write_whole(folder / "mesh" / staged.path / CONFIG, wired.rendered.text)
        self._stages.started(staged)

    async def _launch(self, staged: Staged, wired: Wired, key: str, fence: int) -> Outcome:
        folder = self._stages.folder(staged.service_id, staged.revision)
        path = self._site.environ.get("PATH", _DEFAULT_PATH)
        started = workloads(staged, wired, folder, path)
        request = Launch(
            staged.service_id, staged.revision, key, fence, started, self._stop_seconds
        )
        try:
            return await self._client.launch(request)
        except TemporaryError as error:
            return Unknown(error.message)
        except PermanentError as error:
            return Refused(error.code, error.message)

    def _taken_in(self, view: object, frame: Observation) -> Observation:
        match frame:
            case Seen():
                frame = self._remarked(frame)
                self._seen[frame.service_id] = frame
            case Synced(services):
                self._seen = {name: seen for name, seen in self._seen.items() if name in services}
                self._synced.add(view)
            case Lost():
                self._synced.discard(view)
        return frame

    def _remarked(self, seen: Seen) -> Seen:
        """Reasons with paths as in the checkout, beside them what infrastructure was not there."""
        remark = self._infrastructure.remark(seen.service_id)
        staged = f"{self._stages.home(seen.service_id)}/"
        told = tuple(_told(instance, staged, remark) for instance in seen.instances)
        return replace(seen, instances=told)

    async def _published(self, service_id: str, probe: EventProbe) -> Evidence:
        """How the events of a service stand that the bus shows."""
        seen, bus = await self._current(service_id), await self._current(probe.bus)
        running = [i.revision for i in seen.instances] if seen else []
        staged = await self._known(service_id, running[-1]) if running else None
        consumers = self._readers.hearing(service_id, dict(self._seen)) if self._synced else None
        publisher = Publisher(service_id, seen, staged, consumers)
        return await self._events.ask(publisher, probe, bus)

    async def _subject(self, service_id: str) -> Subject:
        seen = await self._current(service_id)
        running = [i.revision for i in seen.instances] if seen else []
        staged = await self._known(service_id, running[-1]) if running else None
        if staged is None:
            return Subject(service_id, seen, {})
        return Subject(
            service_id,
            seen,
            await self._addresses(staged),
            staged.safe_paths,
            optional_http(staged),
            self._infrastructure.remark(service_id),
            contract := self._stages.contract(staged),
            self._readers_of(service_id, contract),
        )

    def _readers_of(self, service_id: str, contract: Contract | None) -> Readers | None:
        """How to find who takes a contract; None where not all that runs is known."""
        if contract is None or not self._synced:
            return None
        return self._readers.of(service_id, contract.path, dict(self._seen))

    async def _known(self, service_id: str, revision: str) -> Staged | None:
        """As staged; what runs is not read from the disk again for every probe."""
        known = self._running.get(service_id)
        if known is None or known.revision != revision:
            known = await asyncio.to_thread(self._find, service_id, revision)
            if known is not None:
                self._running[service_id] = known
        return known

    async def _addresses(self, staged: Staged) -> Mapping[str, Address]:
        """Where the service looks for its owners; one that no key names, at its http port."""
        wired = self._wired.get((staged.service_id, staged.revision))
        try:
            wired = wired or await self._wire(staged)
        except PermanentError:
            return {}
        defaults = self._wiring.addresses(staged.owners)
        return {**defaults, **wired.rendered.addresses}

    async def _current(self, service_id: str) -> Seen | None:
        if self._synced:
            return self._seen.get(service_id)
        found: Seen | None = None
        try:
            async with (
                asyncio.timeout(SNAPSHOT_SECONDS),
                aclosing(self._client.observe(self._site.now)) as frames,
            ):
                async for frame in frames:
                    if isinstance(frame, Seen) and frame.service_id == service_id:
                        found = self._remarked(frame)
                    if isinstance(frame, Synced):
                        break
        except TimeoutError as error:
            raise TemporaryError(
                f"the supervisor did not say within {SNAPSHOT_SECONDS:g} s what runs",
                code="supervisor/silent",
                fix="see tierline doctor",
            ) from error
        return found


async def down(folders: Folders) -> bool:
    """Stop everything that runs in an environment, and its supervisor; False if nothing ran.

    Services outlive a supervisor that was killed, so one is started to find them.
    """
    client = Client(folders.state, folders.runtime)
    lived = await client.lives()
    status = await client.ensure()
    await client.shutdown(stop_services=True)
    return lived or status.instances > 0


def open_site(
    root: Path,
    environment: str,
    folders: Folders,
    now: Callable[[], Instant] = time.time,
    kept: int = KEPT,
) -> Site:
    """A site with the caller's own environment variables; `now` is the conductor's clock."""
    return Site(root, environment, folders, dict(os.environ), now, kept)


def _told(instance: Instance, staged: str, remark: str) -> Instance:
    reason = instance.reason.replace(f"{staged}{instance.revision}/mesh/", "")
    failed = instance.phase is Phase.EXITED and instance.exit_code != 0
    if failed and remark:
        reason = f"{reason}; besides, {remark}" if reason else remark
    return instance if reason == instance.reason else replace(instance, reason=reason)


def _taken(service_id: str, taken: tuple[TakenPort, ...]) -> str:
    ports = ", ".join(f"port {each.port} ({each.name}) by {each.by}" for each in taken)
    return f"{service_id}: taken are {ports}; end that program, or give it another port"
