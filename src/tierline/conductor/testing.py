"""Runs suites of services, several services at once, and hands over what is proven to whom it may concern.

A service's revision is measured right before and right after its own suites: where the two differ,
nobody can say what was tested, and nothing is said.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tierline.conductor.workspace import Workspace
from tierline.evidence.closure import Closures
from tierline.evidence.content import Content
from tierline.evidence.revisions import revisions
from tierline.evidence.suites.python import Interpreter
from tierline.evidence.suites.ran import End, Job, Ran
from tierline.evidence.suites.suite import run_suite
from tierline.facts.instant import Instant
from tierline.facts.revision import UNKNOWN, Revision
from tierline.facts.testing import Suite
from tierline.frozen import frozen
from tierline.mesh.model import Service

MOVED = "its files changed while its tests ran, so nobody can say what was tested"
_LEFT_OUT = frozenset({"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV_PROMPT"})


@frozen
class Wanted:
    """`jobs` services at once, each suite for at most `seconds`."""

    services: tuple[str, ...]
    suites: tuple[Suite, ...]
    jobs: int
    seconds: float


@frozen
class Tested:
    """One suite of one service that was run at a revision; `at` is when it ended.

    `proves`: the revision did not move meanwhile, and all of it is known. `trouble` says otherwise.
    """

    service_id: str
    suite: Suite
    ran: Ran
    revision: Revision
    at: Instant
    trouble: str = ""

    @property
    def proves(self) -> bool:
        """Whether evidence can be made of it."""
        return self.ran.outcome is not None and not self.trouble


class Listener:
    """Who is told of progress; does nothing by itself."""

    def began(self, service_id: str, suite: Suite) -> None:
        """A suite starts."""

    def ran(self, service_id: str, suite: Suite, ran: Ran) -> None:
        """A suite came to its end."""

    def done(self, tested: tuple[Tested, ...]) -> None:
        """All suites of a service came to their end."""


async def run_tests(workspace: Workspace, wanted: Wanted, listener: Listener) -> tuple[Tested, ...]:
    """Run everything; results in the order asked for. Cancelled, it ends whatever runs."""
    bench = _Bench(workspace, wanted, listener)
    slots = asyncio.Semaphore(wanted.jobs)

    async def one(name: str) -> tuple[Tested, ...]:
        async with slots:
            return await bench.test(workspace.mesh.services[name])

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(name)) for name in wanted.services]
    return tuple(tested for task in tasks for tested in task.result())


class _Bench:
    """What all services of one run share."""

    def __init__(self, workspace: Workspace, wanted: Wanted, listener: Listener) -> None:
        self._workspace, self._wanted, self._listener = workspace, wanted, listener
        self._content = Content.below(workspace.root)
        self._closures = Closures(workspace.mesh, self._content)
        self._members = {module.path for module in workspace.mesh.workspace or ()}
        self._interpreter = Interpreter()
        self._environ = {k: v for k, v in os.environ.items() if k not in _LEFT_OUT}

    async def test(self, service: Service) -> tuple[Tested, ...]:
        """Its suites, one after the other: they may want the same ports."""
        if not service.path:
            return self._homeless(service)
        before = self._revision(service)
        found: list[Tested] = []
        with tempfile.TemporaryDirectory(prefix="tierline-test-") as scratch:
            for suite in self._wanted.suites:
                self._listener.began(service.service_id, suite)
                place = Path(scratch) / suite
                place.mkdir()
                ran = await self._suite(service, suite, place)
                self._listener.ran(service.service_id, suite, ran)
                found.append(Tested(service.service_id, suite, ran, before, time.time()))
        trouble = _trouble(before, self._revision(service))
        done = tuple(replace(one, trouble=trouble) for one in found)
        self._listener.done(done)
        return done

    def _homeless(self, service: Service) -> tuple[Tested, ...]:
        ran = Ran("", End.UNKNOWN, reason="it has no folder, or several")
        revision = Revision(())
        return tuple(
            Tested(service.service_id, suite, ran, revision, time.time(), ran.reason)
            for suite in self._wanted.suites
        )

    async def _suite(self, service: Service, suite: Suite, scratch: Path) -> Ran:
        root, mesh = self._workspace.root, self._workspace.mesh
        folder = root / service.path
        job = Job(
            service_id=service.service_id,
            suite=suite,
            root=root,
            folder=folder,
            environ=self._environ,
            scratch=scratch,
            seconds=self._wanted.seconds,
            argv=mesh.settings.tests.get(service.service_id, {}).get(suite, ()),
            imports=self._imports(service),
            member=service.path in self._members,
        )
        languages = {workload.language for workload in service.workloads} - {"argv"}
        return await run_suite(job, languages or {mesh.profile.language}, self._interpreter)

    def _imports(self, service: Service) -> tuple[Path, ...]:
        """Where Python finds its modules: its own folders, then those that it builds from."""
        folders = (service.path, *self._closures.of(service).folders)
        places = (self._workspace.root / folder for folder in folders)
        own = self._workspace.root / service.path
        inner = tuple(own / name for name in ("internal", "src") if (own / name).is_dir())
        shared = (place / "src" if (place / "src").is_dir() else place for place in places)
        return tuple(dict.fromkeys((own, *inner, *shared)))

    def _revision(self, service: Service) -> Revision:
        content = self._content = self._content.afresh()
        mesh, name = self._workspace.mesh, service.service_id
        return revisions(self._workspace.root, mesh, [name], content)[name]


def _trouble(before: Revision, after: Revision) -> str:
    if before.source_id != after.source_id:
        return MOVED
    unknown = [part.name for part in before.source if part.digest == UNKNOWN]
    if unknown:
        return f"nobody can tell its revision: {', '.join(unknown[:3])}"
    return ""
