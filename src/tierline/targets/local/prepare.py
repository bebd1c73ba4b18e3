"""Builds and stages planned services, all at once, as many at a time as there are cores.

Starts nothing. A service that fails does not disturb the others: its failure is its own item.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tierline.errors import PermanentError, TierlineError
from tierline.mesh.event_contract import event_of, event_path
from tierline.mesh.model import Mesh, Service
from tierline.mesh.owner_keys import pointed
from tierline.plan.model import Plan, PlannedService
from tierline.targets.as_planned import must_be_planned
from tierline.targets.asking.openapi import find_openapi, safe_paths
from tierline.targets.asking.promised import LARGEST
from tierline.targets.local.build import Job, Tools, build
from tierline.targets.local.closure import Closure, Sources, closure_of
from tierline.targets.local.render import port_names
from tierline.targets.local.stage import (
    CONTRACT,
    EVENTS,
    Staged,
    StagedWorkload,
    Stages,
    copy_folders,
)
from tierline.targets.protocol import Prepared
from tierline.targets.words import clean

CONFIG = "configs/default.yaml"
STUBS = "contracts/gen"
_LONGEST_DETAIL = 1000
_ARTIFACTS_KEPT = 8


class Preparation:
    """Builds from one checkout into the staged revisions of one environment."""

    def __init__(
        self, root: Path, mesh: Mesh, sources: Sources, stages: Stages, tools: Tools
    ) -> None:
        self._root, self._mesh, self._sources = root, mesh, sources
        self._stages, self._tools = stages, tools
        self.failed: dict[str, Prepared] = {}
        """what could not be staged when it was last tried"""

    async def prepare(self, plan: Plan) -> AsyncIterator[Prepared]:
        """One item for each planned service, in the order in which they get done."""
        limit = asyncio.Semaphore(os.cpu_count() or 1)
        seconds = plan.rules.limits.build_seconds
        self._stages.keeping.protect(plan)

        async def one(planned: PlannedService) -> Prepared:
            async with limit:
                return await self._one(planned, seconds)

        tasks = [asyncio.create_task(one(planned)) for planned in plan.services]
        try:
            for task in asyncio.as_completed(tasks):
                done = await task
                self.failed.pop(done.service_id, None)
                if not done.ok:
                    self.failed[done.service_id] = done
                yield done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, planned: PlannedService, seconds: float) -> Prepared:
        service_id = planned.service_id
        try:
            if self._stages.find(service_id, planned.revision.id) is None:
                service = self._service(service_id)
                closure = closure_of(service, self._mesh, self._sources)
                await self._stage(planned, service, closure, seconds)
        except TierlineError as error:
            detail = clean(error.message)[:_LONGEST_DETAIL]
            return Prepared(service_id, ok=False, code=error.code, detail=detail)
        except OSError as error:
            detail = f"it cannot be staged: {error.strerror} ({error.filename})"
            return Prepared(service_id, ok=False, code="build/failed", detail=detail)
        return Prepared(service_id, ok=True)

    def _service(self, service_id: str) -> Service:
        service = self._mesh.services.get(service_id)
        if service is None or not service.path:
            raise PermanentError(
                f"{service_id} has no folder in {self._mesh.label}",
                code="build/no-folder",
                fix="generate the index again, or restore the folder",
            )
        return service

    async def _stage(
        self, planned: PlannedService, service: Service, closure: Closure, seconds: float
    ) -> None:
        revision = planned.revision.id
        filling = await asyncio.to_thread(self._stages.begin, service.service_id, revision)
        artifacts = self._tools.cache / "artifacts" / service.service_id
        try:
            await asyncio.to_thread(self._copied, planned, service, closure, filling)
            job = Job(
                service.service_id,
                service.path,
                service.workloads,
                closure,
                filling,
                self._stages.folder(service.service_id, revision),
                artifacts / planned.revision.source_id,
                seconds,
            )
            built = await build(job, self._tools)
            staged = await asyncio.to_thread(self._staged, planned, service, built, filling)
            await asyncio.to_thread(self._stages.finish, filling, staged)
            await asyncio.to_thread(_prune, artifacts)
        finally:
            await asyncio.to_thread(shutil.rmtree, filling, ignore_errors=True)

    def _copied(
        self, planned: PlannedService, service: Service, closure: Closure, filling: Path
    ) -> None:
        """Copy what is planned: looked at before and after, and built from the copy only."""
        must_be_planned(planned, self._sources.revision(planned.service_id))
        _copy(self._root, service, closure, filling)
        must_be_planned(planned, self._sources.revision(planned.service_id))

    def _staged(
        self,
        planned: PlannedService,
        service: Service,
        built: tuple[StagedWorkload, ...],
        filling: Path,
    ) -> Staged:
        shown = f"{self._mesh.label}/{service.path}/{CONFIG}".lstrip("/")
        template = filling / "default.yaml"
        declared: Mapping[str, int] = {}
        if template.is_file():
            text = template.read_text(encoding="utf-8", errors="replace")
            declared = port_names(text.removeprefix("\ufeff"), shown)
        return Staged(
            service_id=service.service_id,
            revision=planned.revision.id,
            path=service.path,
            workloads=built,
            owners=service.owners,
            pointed=pointed(self._mesh, service.service_id),
            declared=declared,
            serves_http=service.serves_http,
            shown_config=shown,
            safe_paths=self._safe_paths(service),
            contract=self._contract(service, filling),
            publishes=self._events(service, filling),
            hears=service.consumes,
            variables=dict(self._mesh.variables),
        )

    def _contract(self, service: Service, filling: Path) -> str:
        """Keep the service's OpenAPI document with the revision; its path in the mesh."""
        file = find_openapi(self._root, service.service_id, Path(service.path).name)
        if file is None:
            return ""
        (filling / CONTRACT).write_bytes(file.read_bytes())
        return file.relative_to(self._root).as_posix()

    def _events(self, service: Service, filling: Path) -> tuple[str, ...]:
        """Keep the contracts of its events with the revision; which events it publishes."""
        kept: dict[str, str] = {}
        for path in map(event_path, service.produces):
            file = self._root / path
            inside = file.resolve().is_relative_to(self._root.resolve())
            if event_of(path) and inside and file.is_file() and file.stat().st_size <= LARGEST:
                kept[path] = file.read_text(encoding="utf-8", errors="replace")
        (filling / EVENTS).write_text(json.dumps(kept), encoding="utf-8")
        return service.produces

    def _safe_paths(self, service: Service) -> tuple[str, ...]:
        file = find_openapi(self._root, service.service_id, Path(service.path).name)
        if file is None:
            return ()
        return safe_paths(file.read_text(encoding="utf-8", errors="replace"), file.name)


def _copy(root: Path, service: Service, closure: Closure, filling: Path) -> None:
    tree = filling / "mesh"
    copy_folders(root, [*closure.folders, *_stubs(root, service)], tree)
    if closure.go_work:
        (tree / "go.work").write_text(closure.go_work, encoding="utf-8")
        if (root / "go.work.sum").is_file():
            copy_folders(root, ["go.work.sum"], tree)
    template = tree / service.path / CONFIG
    if template.is_file():
        shutil.copyfile(template, filling / "default.yaml")


def _stubs(root: Path, service: Service) -> tuple[str, ...]:
    """Generated stubs that belong to the revision though no module declares them."""
    languages = sorted({workload.language for workload in service.workloads})
    folders = (f"{STUBS}/{language}" for language in languages)
    return tuple(folder for folder in folders if (root / folder).is_dir())


def _prune(artifacts: Path) -> None:
    with contextlib.suppress(OSError):
        kept = sorted(artifacts.iterdir(), key=lambda child: child.stat().st_mtime, reverse=True)
        for old in kept[_ARTIFACTS_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
