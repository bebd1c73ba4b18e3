"""Launches and stops services: each key at most once, never for a fence that was overtaken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path

from tierline.evidence.clock import Clock
from tierline.facts.observation import Accepted, Refused, Seen
from tierline.supervisor.instances import Held, Instances
from tierline.supervisor.layout import Layout, is_key, is_name
from tierline.supervisor.lease import LeaseKeeper
from tierline.supervisor.record import Records, ServiceState
from tierline.supervisor.sessions import alive
from tierline.supervisor.starting import PASSING, NotStarted, Starter
from tierline.targets.local.messages import Launch, Stop

_LAUNCHES_KEPT = 5
_Work = Coroutine[None, None, Accepted | Refused]
_ENDING = Refused("supervisor/ending", "the supervisor is about to end", temporary=True)


class Effects:
    """Calls `changed` with a service's id whenever an effect began or ended."""

    def __init__(
        self,
        layout: Layout,
        records: Records,
        instances: Instances,
        lease: LeaseKeeper,
        starter: Starter,
    ) -> None:
        self._layout, self._records, self._instances = layout, records, instances
        self._lease, self._starter = lease, starter
        self._states: dict[str, ServiceState] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._changing = set[str]()
        self._ending = False
        self.changed: Callable[[str], None] = lambda _: None

    @property
    def states(self) -> Mapping[str, ServiceState]:
        return self._states

    async def adopt(self) -> None:
        """Take over what a predecessor left: what runs, and how the last effect's starts ended."""
        self._states = {state.service_id: state for state in self._records.states()}
        for record in self._records.all():
            state = self._states.setdefault(record.service, ServiceState(record.service))
            if await self._starter.ran(record) and (
                alive(record) or record.key in (state.key, state.begun)
            ):
                self._instances.hold(record, adopted=True)
        for held in self._instances.all():
            if held.ended is not None:
                await self._instances.free_lock(held.record)

    def seen(self, service_id: str, clock: Clock) -> Seen:
        """All there is of a service."""
        state = self._states.get(service_id, ServiceState(service_id))
        return Seen(
            service_id=service_id,
            instances=tuple(held.instance for held in self._instances.of(service_id)),
            last_key=state.key,
            fence=state.fence,
            settled=service_id not in self._changing,
            at=clock.now(),
        )

    async def launch(self, request: Launch) -> Accepted | Refused:
        """Replace what runs by what is asked for; accepted once every workload is spawned."""
        defect = _defect(request)
        if defect:
            return Refused("local/bad-launch", defect)
        async with self._lock(request.service_id):
            refused = self._known(request)
            if refused is not None:
                return refused
            return await self._changed(request, self._replace(request))

    async def stop(self, request: Stop) -> Accepted | Refused:
        """End all that runs; accepted once nothing does."""
        if not (is_name(request.service_id) and is_key(request.key)):
            return Refused("local/bad-stop", f"{request.service_id!r}: service or key is no name")
        async with self._lock(request.service_id):
            refused = self._known(request)
            if refused is not None:
                return refused
            return await self._changed(request, self._remove(request))

    async def end_all(self, seconds: float) -> tuple[str, ...]:
        """Take no effect any more and end every session; ids of services that would not end.

        They are absent then, as if never launched; their keys are still known.
        """
        self._ending = True
        services = sorted(self._locks.keys() | self._states.keys())

        async def end(service_id: str) -> bool:
            async with self._lock(service_id):
                done = await self._end_others(service_id, "", seconds)
                if done and (state := self._states.get(service_id)):
                    self._save(replace(state, key="", revision="", begun=""))
                return done

        ended = await asyncio.gather(*(end(each) for each in services))
        return tuple(s for s, done in zip(services, ended, strict=True) if not done)

    def _lock(self, service_id: str) -> asyncio.Lock:
        return self._locks.setdefault(service_id, asyncio.Lock())

    def _known(self, request: Launch | Stop) -> Accepted | Refused | None:
        """The answer if there is nothing to do for this key, or nothing may be done."""
        if self._ending:
            return _ENDING
        if not self._lease.admit(request.fence):
            return self._overtaken(request)
        state = self._states.get(request.service_id)
        if state and request.key in state.accepted:
            return Accepted()
        return None

    def _overtaken(self, request: Launch | Stop) -> Refused:
        return Refused(
            "lease/lost",
            f"{request.service_id}: fence {request.fence} is overtaken by {self._lease.lease.token}",
        )

    async def _changed(self, request: Launch | Stop, work: _Work) -> Accepted | Refused:
        service_id = request.service_id
        state = self._states.get(service_id, ServiceState(service_id))
        self._changing.add(service_id)
        try:
            self._save(state.begin(request.key))
            self.changed(service_id)
            answer = await work
            if isinstance(answer, Refused):
                self._save(self._states[service_id].begin(""))
        except OSError as error:
            work.close()
            return Refused(
                "local/system",
                f"{service_id}: {error}",
                temporary=error.errno in PASSING,
            )
        else:
            return answer
        finally:
            self._changing.discard(service_id)
            self.changed(service_id)

    async def _replace(self, request: Launch) -> Accepted | Refused:
        service_id = request.service_id
        if not await self._end_others(service_id, request.key, request.stop_seconds):
            return _immortal(service_id)
        for workload in request.workloads:
            if self._ending:
                return _ENDING
            if request.fence < self._lease.lease.token:
                return self._overtaken(request)
            try:
                await self._starter.start(request, workload)
            except NotStarted as error:
                await self._end_others(service_id, "", request.stop_seconds)
                return Refused(error.code, str(error), error.temporary)
        self._accept(request, request.revision)
        self._forget_old(service_id)
        return Accepted()

    async def _remove(self, request: Stop) -> Accepted | Refused:
        if not await self._end_others(request.service_id, "", request.stop_seconds):
            return _immortal(request.service_id)
        self._accept(request, "")
        return Accepted()

    async def _end_others(self, service_id: str, key: str, seconds: float) -> bool:
        """End and drop all starts but those of `key`; False if some process would not die."""
        others = [held for held in self._instances.of(service_id) if held.record.key != key]
        done = await asyncio.gather(*(self._end(held, seconds) for held in others))
        for held, ended in zip(others, done, strict=True):
            if ended:
                self._instances.drop(held)
        return all(done)

    async def _end(self, held: Held, seconds: float) -> bool:
        ended = await self._instances.end(held, seconds)
        return ended and await self._instances.free_lock(held.record)

    def _accept(self, request: Launch | Stop, revision: str) -> None:
        state = self._states[request.service_id]
        self._save(state.accept(request.key, request.fence, revision))

    def _save(self, state: ServiceState) -> None:
        self._records.save(state)
        self._states[state.service_id] = state

    def _forget_old(self, service_id: str) -> None:
        """Keep the files of the newest launches only."""
        records = [r for r in reversed(self._records.all()) if r.service == service_id]
        keys = list(dict.fromkeys(record.key for record in records))
        for record in records:
            if record.key in keys[_LAUNCHES_KEPT:] and not alive(record):
                self._records.forget(record.launch)


def _immortal(service_id: str) -> Refused:
    return Refused("local/will-not-die", f"{service_id}: processes outlive SIGKILL", temporary=True)


def _defect(request: Launch) -> str:
    """What is wrong with a launch, "" if nothing."""
    names = [workload.name for workload in request.workloads]
    if not is_name(request.service_id) or not is_key(request.key):
        return f"{request.service_id!r}: service or key is no name"
    if not names or len(set(names)) != len(names) or not all(map(is_name, names)):
        return f"{request.service_id}: workloads {names} must be names, each once"
    for workload in request.workloads:
        words = [*workload.argv, *workload.env, *workload.env.values(), workload.cwd]
        if not workload.argv or any("\0" in word for word in words):
            return f"{request.service_id} {workload.name}: no argv, or a NUL in it"
        if not Path(workload.cwd).is_absolute() or not Path(workload.cwd).is_dir():
            return f"{request.service_id} {workload.name}: {workload.cwd} is no absolute folder"
    return ""
