"""Finds out one fact about pods through the API server: health, readiness, sampled requests.

Every answer is of one pod by name, so of one instance. Whether a pod reaches an owner is asked of
the pod itself (`/readyz`); nobody here can connect from its position, so else it is unknown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Requests,
)
from tierline.facts.instant import Instant
from tierline.facts.observation import Instance, Phase, Seen
from tierline.facts.probe import (
    ConnectionProbe,
    ContractProbe,
    EventProbe,
    HealthProbe,
    Probe,
    ReadinessProbe,
    RequestProbe,
)
from tierline.frozen import frozen
from tierline.targets.asking import http, readyz
from tierline.targets.asking.bus import unread
from tierline.targets.asking.contracts import ContractAsker, Held, Readers
from tierline.targets.asking.promised import Promised
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import POD

HEALTH_PATH, READY_PATH = "/healthz", "/readyz"
PROBE_SECONDS, REQUEST_SECONDS = 5.0, 5.0
"""the way leads through the API server, whose own slowness is no fault of the pod"""
CONCURRENT = 8
_LONGEST = 300
_SERVER = "error trying to reach service"
"""how the API server begins when it is not the pod that answers"""


@frozen
class Subject:
    """What is asked about: a service as it was last seen, its owners, what may be asked of it.

    `promised` is None where nobody knows what it promises; `readers` finds who takes its contract.
    """

    service_id: str
    seen: Seen | None
    owners: tuple[str, ...] = ()
    safe_paths: tuple[str, ...] = ()
    promised: Promised | None = None
    readers: Readers | None = None

    def alive(self, workload: str = "", port: str = "") -> tuple[Instance, ...]:
        """Instances of the newest effect that have not ended, of one workload or all, with a named
        port or any. What they replace answers for a while, and says nothing of them.
        """
        newest = self.seen.last_key if self.seen else ""
        return tuple(
            one
            for one in (self.seen.instances if self.seen else ())
            if one.phase is not Phase.EXITED
            and newest in ("", one.key)
            and workload in ("", one.workload)
            and (not port or port in one.addresses)
        )


@frozen
class _Reply:
    answer: Answer
    detail: str
    instance: str = ""
    body: bytes | None = None


@dataclass(slots=True)
class _Count:
    total: int = 0
    errors: int = 0
    worst: str = ""


@dataclass(slots=True)
class Prober:
    """Asks pods of one namespace; keeps how many requests each has answered."""

    namespace: Namespace
    now: Callable[[], Instant]
    _counts: dict[str, _Count] = field(default_factory=dict[str, _Count])
    _asked: dict[str, int] = field(default_factory=dict[str, int])
    _well: set[str] = field(default_factory=set[str])
    """instances that have answered well; one that runs may not serve yet"""
    _turn: int = 0
    _contracts: ContractAsker = field(default_factory=ContractAsker)

    async def ask(self, subject: Subject, probe: Probe) -> Evidence:
        """The fact that a probe asks for."""
        match probe:
            case HealthProbe(workload):
                return await self._health(subject, workload)
            case ReadinessProbe():
                return await self._readiness(subject)
            case ConnectionProbe(owner):
                instance = next((one.id for one in subject.alive()), "")
                detail = f"nothing can be run in a pod to connect to {owner}; let /readyz name it"
                return Connection(
                    subject.service_id, instance, owner, self.now(), Answer.UNKNOWN, detail
                )
            case RequestProbe(count):
                return await self._requests(subject, count)
            case ContractProbe():
                return await self._contract(subject)
            case EventProbe():
                return unread(subject.service_id, self.now())

    async def _contract(self, subject: Subject) -> Boundary:
        """Answers of one pod against the document of its revision."""
        contract = subject.promised.contract if subject.promised else None
        instance = self._sampled(subject)

        def fact(told: Held) -> Boundary:
            path, of = (contract.path if contract else ""), (instance.id if instance else "")
            at, name = self.now(), subject.service_id
            return Boundary("", name, path, of, at, told.answer, told.detail, told.concerns)

        if instance is None:
            return fact(Held(Answer.UNKNOWN, "no instance of it serves HTTP"))
        if subject.promised is None:
            return fact(Held(Answer.UNKNOWN, "what this revision promises was not kept here"))
        if contract is None:
            return fact(Held(Answer.OK, "it has no OpenAPI document"))
        ask = partial(self._answered, instance)
        return fact(await self._contracts.hold(contract, ask, subject.safe_paths, subject.readers))

    async def _answered(self, instance: Instance, path: str) -> http.Answered:
        """The pod's own answer, whatever its status; NoAnswer where the API server speaks for it."""
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                found = await self.namespace.api.answered("GET", self._proxy(instance, path))
        except TimeoutError as error:
            raise http.NoAnswer(f"no answer within {REQUEST_SECONDS:g} s") from error
        except ApiRefusal as error:
            reply = _refused(instance, path, error)
            if reply.body is None:
                raise http.NoAnswer(reply.detail) from error
            found = error.status, reply.body
        status, body = found
        return http.Answered(status, body, whole=len(body) <= http.LARGEST_BODY)

    def _proxy(self, instance: Instance, path: str) -> str:
        port = instance.addresses["http"].rpartition(":")[2]
        pod = instance.id.partition("/")[0]
        return self.namespace.path(POD, f"{pod}:{port}", f"proxy{path}")

    def _next(self, instances: tuple[Instance, ...]) -> Instance | None:
        """The one that was asked longest ago: every pod has its turn."""
        chosen = min(instances, key=lambda one: (self._asked.get(one.id, 0), one.id), default=None)
        if chosen is not None:
            self._turn += 1
            self._asked[chosen.id] = self._turn
        return chosen

    async def _health(self, subject: Subject, workload: str) -> Health:
        instance = self._next(subject.alive(workload))
        if instance is None:
            reply = _gone(subject, workload)
        elif "http" in instance.addresses:
            reply = await self._get(instance, HEALTH_PATH, PROBE_SECONDS)
            if reply.answer is Answer.OK:
                self._well.add(instance.id)
        elif instance.phase is Phase.RUNNING:
            reply = _Reply(Answer.OK, "alive; it serves no HTTP", instance.id)
        else:
            reply = _Reply(Answer.NOBODY, instance.reason or "it is still starting", instance.id)
        return Health(
            subject.service_id, workload, reply.instance, self.now(), reply.answer, reply.detail
        )

    async def _readiness(self, subject: Subject) -> Dependencies:
        instance = self._next(subject.alive(port="http"))
        if instance is None:
            reply = _Reply(Answer.NOBODY, "no instance of it serves HTTP")
        else:
            reply = await self._get(instance, READY_PATH, PROBE_SECONDS)
        answer, detail, owners = readyz.said(reply.answer, reply.detail, reply.body, subject.owners)
        return Dependencies(subject.service_id, reply.instance, self.now(), answer, owners, detail)

    def _sampled(self, subject: Subject) -> Instance | None:
        """Of the running pods that were well the one that has answered most so far: one that an
        autoscaler adds begins at nothing, and nobody sends requests to one that never was.
        """
        alive = subject.alive(port="http")
        running = [one for one in alive if one.phase is Phase.RUNNING and one.id in self._well]
        newest = max((one.started_at for one in running), default=0.0)
        effect = next((one.key for one in running if one.started_at == newest), "")
        fit = (one for one in running if one.key == effect)
        return max(fit, key=lambda one: (self._total(one), -one.started_at), default=None)

    def _total(self, instance: Instance) -> int:
        found = self._counts.get(instance.id)
        return found.total if found else 0

    async def _requests(self, subject: Subject, count: int) -> Requests:
        instance = self._sampled(subject)
        if instance is None:
            detail = "no instance of it serves HTTP yet"
            return Requests(subject.service_id, "", self.now(), 0, 0, detail)
        told = self._counts.setdefault(instance.id, _Count())
        paths = [p for p in subject.safe_paths if p not in {HEALTH_PATH, READY_PATH}]
        limit = asyncio.Semaphore(CONCURRENT)

        async def one(number: int) -> None:
            path = (paths or [HEALTH_PATH])[number % max(1, len(paths))]
            async with limit:
                reply = await self._get(instance, path, REQUEST_SECONDS)
            told.total += 1
            if reply.answer is not Answer.OK and not _is_refusal_of_its_own(reply.detail):
                told.errors += 1
                told.worst = reply.detail

        await asyncio.gather(*(one(number) for number in range(min(count, 1000))))
        return Requests(
            subject.service_id, instance.id, self.now(), told.total, told.errors, told.worst
        )

    async def _get(self, instance: Instance, path: str, seconds: float) -> _Reply:
        """What the pod answers; what the API server says in its place is no answer of it."""
        try:
            async with asyncio.timeout(seconds):
                body = await self.namespace.api.fetch("GET", self._proxy(instance, path))
        except TimeoutError:
            return _Reply(Answer.FAILED, f"GET {path}: no answer within {seconds:g} s", instance.id)
        except ApiRefusal as error:
            return _refused(instance, path, error)
        return _Reply(Answer.OK, f"GET {path} answers 200", instance.id, body)


def _refused(instance: Instance, path: str, error: ApiRefusal) -> _Reply:
    if _SERVER in error.message:
        detail = error.message.rpartition(_SERVER)[2].strip(": ")
        refused = "connection refused" in detail
        answer = Answer.NOBODY if refused else Answer.FAILED
        return _Reply(answer, f"GET {path}: {detail}"[:_LONGEST], instance.id)
    if error.status == 0 or error.body.get("kind") == "Status":
        return _Reply(Answer.UNKNOWN, f"GET {path}: {error.message}"[:_LONGEST])
    detail = f"GET {path} answers {error.status}"
    return _Reply(Answer.FAILED, detail, instance.id, error.content)


def _is_refusal_of_its_own(detail: str) -> bool:
    """Whether the pod answered and it was no error of its work: 4xx asks for what it does not have."""
    return detail.rpartition(" answers ")[2].startswith(("2", "3", "4"))


def _gone(subject: Subject, workload: str) -> _Reply:
    ended = [
        one for one in (subject.seen.instances if subject.seen else ()) if one.workload == workload
    ]
    if not ended:
        return _Reply(Answer.NOBODY, "nothing of it runs")
    last = max(ended, key=lambda one: one.started_at)
    how = "its exit code is not known" if last.exit_code is None else f"with code {last.exit_code}"
    detail = f"{last.workload} exited, {how}"
    return _Reply(Answer.FAILED, f"{detail}; {last.reason}" if last.reason else detail, last.id)
