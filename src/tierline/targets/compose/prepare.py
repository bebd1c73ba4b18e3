"""Makes planned services ready to start: asks Compose what they are, builds or finds their images.

Starts nothing. A service that fails does not disturb the others: its failure is its own item.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from tierline.errors import PermanentError, TierlineError
from tierline.facts.revision import Revision
from tierline.mesh.model import Mesh, Service
from tierline.plan.model import Plan, PlannedService
from tierline.targets.as_planned import must_be_planned
from tierline.targets.asking.contracts import Contract
from tierline.targets.asking.openapi import safe_paths
from tierline.targets.asking.promised import promised
from tierline.targets.compose.compose_cli import ComposeCli
from tierline.targets.compose.engine import Engine
from tierline.targets.compose.images import Images
from tierline.targets.compose.infrastructure import needed_by
from tierline.targets.compose.model import Part, Staged, StagedPart
from tierline.targets.compose.project import compose_files, first_workload, parts_of
from tierline.targets.compose.rendering import document_of, networks_of, owners_of, port_of
from tierline.targets.compose.rights import asked
from tierline.targets.compose.site import Site
from tierline.targets.compose.stage import Stages
from tierline.targets.protocol import Prepared
from tierline.targets.words import clean

_LONGEST = 1000


class Sources(Protocol):
    """Whoever knows what a service would ship at this moment."""

    def revision(self, service_id: str) -> Revision: ...


class Preparation:
    """From one checkout into the staged revisions of one environment."""

    def __init__(self, site: Site, mesh: Mesh, sources: Sources, stages: Stages) -> None:
        self._site, self._mesh, self._sources, self._stages = site, mesh, sources, stages
        self._cli = ComposeCli(site.socket, site.project, site.environ)
        self._engine = Engine(site.socket)
        self.failed: dict[str, Prepared] = {}
        """what could not be staged when it was last tried"""

    async def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        """One item for each planned service, in the order in which they get done."""
        images = Images(self._site, self._cli, self._engine, plan.rules.limits.build_seconds)
        waiting = [one for one in plan.services if not await self._ready(one)]
        for one in plan.services:
            if one not in waiting:
                yield Prepared(one.service_id, ok=True)
        if not waiting:
            return
        try:
            project, parts = await self._project()
        except PermanentError as error:
            for one in waiting:
                yield self._told(Prepared(one.service_id, False, error.code, _short(error.message)))
            return
        limit = asyncio.Semaphore(os.cpu_count() or 1)

        async def work(planned: PlannedService) -> Prepared:
            async with limit:
                return await self._one(planned, project, parts, images)

        tasks = [asyncio.create_task(work(planned)) for planned in waiting]
        try:
            for task in asyncio.as_completed(tasks):
                yield self._told(await task)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def available(self, staged: Staged) -> bool:
        """Whether the engine still has every image of it."""
        found = [await self._engine.image(part.image) for part in staged.parts]
        return all(one is not None for one in found)

    def _told(self, item: Prepared) -> Prepared:
        self.failed.pop(item.service_id, None)
        if not item.ok:
            self.failed[item.service_id] = item
        return item

    async def _ready(self, planned: PlannedService) -> bool:
        staged = self._stages.find(planned.service_id, planned.revision.id)
        return staged is not None and await self.available(staged)

    async def _project(self) -> tuple[dict[str, Any], tuple[Part, ...]]:
        files = compose_files(self._site.root, self._mesh)
        if not files:
            raise PermanentError(
                f"{self._mesh.label} has no Compose file",
                code="compose/nothing-to-run",
                fix="write environments/compose/docker-compose.services.yaml",
            )
        project = await self._cli.config(self._site.root, files, self._mesh.variables)
        return project, await asyncio.to_thread(parts_of, self._site.root, self._mesh)

    async def _one(
        self,
        planned: PlannedService,
        project: Mapping[str, Any],
        parts: tuple[Part, ...],
        images: Images,
    ) -> Prepared:
        try:
            own = self._own(planned, project, parts)
            await asyncio.to_thread(self._as_planned, planned)
            found = await images.of(planned, own, project)
            await asyncio.to_thread(self._as_planned, planned)
            staged = self._staged(planned, project, own, (parts, found))
            await asyncio.to_thread(self._stages.keep, staged)
        except TierlineError as error:
            return Prepared(planned.service_id, False, error.code, _short(error.message))
        except OSError as error:
            return Prepared(
                planned.service_id, False, "build/failed", f"it cannot be staged: {error}"
            )
        return Prepared(planned.service_id, ok=True)

    def _own(
        self, planned: PlannedService, project: Mapping[str, Any], parts: tuple[Part, ...]
    ) -> tuple[Part, ...]:
        """Its parts; PermanentError where one is missing, or takes what policy does not give."""
        name = planned.service_id
        own = tuple(p for p in parts if p.service_id == name and p.name in project["services"])
        missing = set(planned.workloads) - {part.workload for part in own}
        if missing:
            raise PermanentError(
                f"{name}: no Compose file says how to run its {' and '.join(sorted(missing))}",
                code="compose/nothing-to-run",
                fix="add it to deploy/compose/service.compose.yaml, and to docker-compose.services.yaml",
            )
        for part in own:
            for code, what in asked(project["services"][part.name], self._site.root):
                if not self._site.allowed(code, name):
                    raise PermanentError(
                        f"{part.name} takes {clean(what)}, which the policy of "
                        f"{self._site.environment} does not give",
                        code=code,
                        fix="remove it, or allow it in the policy file: a waiver or [severity]",
                    )
        return own

    def _as_planned(self, planned: PlannedService) -> None:
        must_be_planned(planned, self._sources.revision(planned.service_id))

    def _staged(
        self,
        planned: PlannedService,
        project: Mapping[str, Any],
        own: tuple[Part, ...],
        around: tuple[tuple[Part, ...], Mapping[str, tuple[str, bool]]],
    ) -> Staged:
        parts, images = around
        service = self._mesh.services[planned.service_id]
        first = first_workload(service)
        told = project["services"]
        staged = tuple(
            StagedPart(
                name=part.name,
                workload=part.workload,
                image=images[part.name][0],
                port=port_of(told[part.name], http_port(service), first=part.workload == first),
                networks=networks_of(project, told[part.name]),
                known=images[part.name][1],
            )
            for part in own
        )
        answering = next((p.name for p in own if p.workload == first), own[0].name)
        owners = {
            owner: tuple(part.name for part in parts if part.service_id == owner)
            for owner in service.owners
        }
        ports = {owner: http_port(self._mesh.services[owner]) for owner in owners}
        promises = promised(self._site.root, service.service_id, service.path)
        return Staged(
            service_id=planned.service_id,
            revision=planned.revision.id,
            parts=staged,
            document=document_of(project, [part.name for part in own]),
            owners=owners_of(told[answering], owners, ports),
            safe_paths=_safe_paths(promises.contract),
            first=first,
            infrastructure=needed_by(
                project, [part.name for part in own], [part.name for part in parts]
            ),
            promised=promises,
        )


def _safe_paths(contract: Contract | None) -> tuple[str, ...]:
    if contract is None:
        return ()
    return safe_paths(contract.content.decode(errors="replace"), contract.path)


def http_port(service: Service) -> int:
    """Where its configuration says that it serves HTTP; 0 where it does not say."""
    ports = service.config.ports if service.config else ()
    return next((port.number for port in ports if port.name == "http"), 0)


def _short(message: str) -> str:
    return clean(message)[:_LONGEST]
