"""Finds out one fact about a running service: health, readiness, a connection, sampled requests.

A container is asked at its own address, and looked at again behind the answer: what another start
of it said does not count. Judges nothing, repeats nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from functools import partial

from tierline.errors import PermanentError
from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Requests,
)
from tierline.facts.observation import Phase
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
from tierline.targets.asking.addresses import Address, parse_address
from tierline.targets.asking.bus import unread
from tierline.targets.asking.contracts import SECONDS, ContractAsker, Held, Readers
from tierline.targets.asking.sampling import Sampler
from tierline.targets.compose.model import Staged, StagedPart
from tierline.targets.compose.netns import connect_from
from tierline.targets.compose.seeing import Container
from tierline.targets.compose.site import Site
from tierline.targets.compose.watch import Watch

PROBE_SECONDS = 1.0
READY_SECONDS = 5.0
"""a service may wait for an owner that is gone, or whose name nobody knows any more"""
CHECK_SECONDS = 5.0
_PROBED = frozenset({"/healthz", "/readyz"})
_LONGEST = 300


Execute = Callable[[str, list[str], float], Awaitable[tuple[int, str]]]
"""runs a program inside a container: its exit code and what it printed"""


@frozen
class Subject:
    """The service to ask: what runs of it, and as what it was staged (None: not by us).

    `readers` finds who takes its contract.
    """

    service_id: str
    containers: tuple[Container, ...]
    staged: Staged | None
    readers: Readers | None = None

    def newest(self, workload: str) -> Container | None:
        """The newest container of a workload, alive before exited."""
        fit = [one for one in self.containers if one.instance.workload == workload]
        alive = [one for one in fit if one.live]
        return max(alive or fit, key=lambda one: one.instance.started_at, default=None)

    def part(self, workload: str) -> StagedPart | None:
        """What was staged of a workload."""
        return self.staged.part(workload) if self.staged else None


@frozen
class _Reply:
    answer: Answer
    detail: str
    instance: str = ""
    answered: http.Answered | None = None

    @property
    def body(self) -> bytes | None:
        return self.answered.body if self.answered else None


class Prober:
    """Asks services of one environment; keeps how many requests each instance has answered."""

    def __init__(self, site: Site, watch: Watch, execute: Execute) -> None:
        self._site, self._watch, self._execute = site, watch, execute
        self._sampler = Sampler(is_private)
        self._contracts = ContractAsker()

    async def ask(self, subject: Subject, probe: Probe, owner: Subject | None) -> Evidence:
        """The fact that a probe asks for; `owner` is whom a connection leads to."""
        match probe:
            case HealthProbe(workload):
                return await self._health(subject, workload)
            case ReadinessProbe():
                return await self._readiness(subject)
            case ConnectionProbe(name):
                return await self._connection(subject, name, owner)
            case RequestProbe(count):
                return await self._requests(subject, count)
            case ContractProbe():
                return await self._contract(subject)
            case EventProbe():
                return unread(subject.service_id, self._site.now())

    async def _contract(self, subject: Subject) -> Boundary:
        """Answers of the container against the document of its revision."""
        first = subject.staged.first if subject.staged else "api"
        container, part = subject.newest(first), subject.part(first)
        address = _address(container, part) if container and part and part.port else None
        told = subject.staged.promised if subject.staged else None
        contract = told.contract if told else None

        def fact(held: Held, instance: str = "") -> Boundary:
            path, at = (contract.path if contract else ""), self._site.now()
            name, concerns = subject.service_id, held.concerns
            return Boundary("", name, path, instance, at, held.answer, held.detail, concerns)

        if container is None or address is None or not container.live or subject.staged is None:
            return fact(Held(Answer.UNKNOWN, "no instance of it serves HTTP"))
        identity = container.instance.id
        if told is None:
            return fact(Held(Answer.UNKNOWN, "what this revision promises was not kept"), identity)
        if contract is None:
            return fact(Held(Answer.OK, "it has no OpenAPI document"), identity)
        connection = http.Connection(address.host, address.port, is_private)
        try:
            ask = partial(connection.get, seconds=SECONDS)
            paths = subject.staged.safe_paths
            held = await self._contracts.hold(contract, ask, paths, subject.readers)
        finally:
            connection.close()
        same = await self._same(container, _Reply(held.answer, held.detail, identity))
        if same.instance != identity:
            return fact(Held(Answer.UNKNOWN, same.detail))
        return fact(held, identity)

    async def _health(self, subject: Subject, workload: str) -> Health:
        container = subject.newest(workload)
        if container is None:
            reply = _Reply(Answer.NOBODY, "nothing of it runs")
        elif not container.live:
            reply = _Reply(Answer.FAILED, _exit(container), container.instance.id)
        elif container.instance.phase is Phase.STARTING:
            reply = _Reply(Answer.UNKNOWN, "it has not started yet", container.instance.id)
        elif container.unwell:
            reply = _Reply(Answer.FAILED, container.unwell, container.instance.id)
        else:
            part = subject.part(workload)
            if part is not None and part.port:
                reply = await self._reply(container, part, "/healthz")
            else:
                reply = await self._checked(container)
        return Health(
            subject.service_id,
            workload,
            reply.instance,
            self._site.now(),
            reply.answer,
            reply.detail,
        )

    async def _checked(self, container: Container) -> _Reply:
        """What serves no HTTP: by its own health check, run now; without one it is well while alive."""
        kind, *words = container.test or ("NONE",)
        if kind == "NONE" or not words:
            return _Reply(Answer.OK, "alive; it serves no HTTP", container.instance.id)
        argv = ["/bin/sh", "-c", words[0]] if kind == "CMD-SHELL" else words
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                code, output = await self._execute(container.id, argv, CHECK_SECONDS)
        except TimeoutError:
            detail = f"its health check takes longer than {CHECK_SECONDS:g} s"
            return _Reply(Answer.FAILED, detail, container.instance.id)
        except PermanentError as error:
            return _Reply(Answer.FAILED, error.message[:_LONGEST], container.instance.id)
        if code == 0:
            return await self._same(
                container, _Reply(Answer.OK, "its health check passes", container.instance.id)
            )
        last = output.strip().splitlines()[-1:] or [f"code {code}"]
        return _Reply(
            Answer.FAILED, f"its health check fails: {last[0]}"[:_LONGEST], container.instance.id
        )

    async def _readiness(self, subject: Subject) -> Dependencies:
        first = subject.staged.first if subject.staged else "api"
        container, part = subject.newest(first), subject.part(first)
        if container is None or part is None or not part.port or not container.live:
            reply = _Reply(Answer.NOBODY, "no instance of it serves HTTP")
        else:
            reply = await self._reply(container, part, "/readyz", READY_SECONDS)
        known = subject.staged.owners if subject.staged else ()
        answer, detail, owners = readyz.said(reply.answer, reply.detail, reply.body, known)
        at = self._site.now()
        return Dependencies(subject.service_id, reply.instance, at, answer, owners, detail)

    async def _reply(
        self, container: Container, part: StagedPart, path: str, seconds: float = PROBE_SECONDS
    ) -> _Reply:
        address = _address(container, part)
        identity = container.instance.id
        if address is None:
            return _Reply(Answer.UNKNOWN, "it has no address that this host can ask", identity)
        connection = http.Connection(address.host, address.port, is_private)
        try:
            answered = await connection.get(path, seconds)
        except http.NobodyListens as error:
            detail = f"{error}: it was told port {part.port}, and 0.0.0.0 as host"
            return _Reply(Answer.NOBODY, detail, identity)
        except http.NoAnswer as error:
            return _Reply(Answer.FAILED, f"GET {path}: {error}", identity)
        finally:
            connection.close()
        good = 200 <= answered.status < 300
        detail = f"GET {path} answers {answered.status}"
        reply = _Reply(Answer.OK if good else Answer.FAILED, detail, identity, answered)
        return await self._same(container, reply)

    async def _same(self, container: Container, reply: _Reply) -> _Reply:
        """The reply, if the very start that was asked still runs at its address."""
        now = await self._watch.look_at(container.id)
        if now is None or now.instance.id != container.instance.id or not now.live:
            return _Reply(Answer.UNKNOWN, "it was replaced while it was asked")
        if now.addresses != container.addresses:
            return _Reply(Answer.UNKNOWN, "its address moved while it was asked")
        return reply

    async def _connection(self, subject: Subject, owner: str, of: Subject | None) -> Connection:
        first = subject.staged.first if subject.staged else "api"
        container = subject.newest(first)

        def fact(answer: Answer, detail: str) -> Connection:
            known = container.instance.id if container else ""
            return Connection(subject.service_id, known, owner, self._site.now(), answer, detail)

        if container is None or not container.live or not container.pid:
            return fact(Answer.UNKNOWN, "no instance of it runs")
        told = parse_address(subject.staged.owners.get(owner, "")) if subject.staged else None
        if told is None or of is None:
            return fact(Answer.UNKNOWN, f"where it looks for {owner} is not known")
        where = _found(container, told.host, of.containers)
        if where is None:
            return fact(Answer.NOBODY, f"{told.host} is nobody in its networks")
        answer, detail = await connect_from(container.pid, Address("", where, told.port))
        return fact(answer, f"{told.host}: {detail}")

    async def _requests(self, subject: Subject, count: int) -> Requests:
        first = subject.staged.first if subject.staged else "api"
        container, part = subject.newest(first), subject.part(first)
        address = _address(container, part) if container and part and part.port else None
        if container is None or address is None or not container.live or subject.staged is None:
            at = self._site.now()
            return Requests(subject.service_id, "", at, 0, 0, "no instance of it serves HTTP")
        identity = container.instance.id
        told = (path for path in subject.staged.safe_paths if path not in _PROBED)
        await self._sampler.sample(identity, address, tuple(told) or ("/healthz",), count)
        same = await self._same(container, _Reply(Answer.OK, "", identity))
        total, errors = self._sampler.counted(identity)
        detail = same.detail or self._sampler.detail(identity)
        return Requests(subject.service_id, same.instance, self._site.now(), total, errors, detail)


def is_private(host: str) -> bool:
    """Whether an address can be a container's: private, and no metadata service's."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_private and not found.is_link_local


def _address(container: Container, part: StagedPart | None) -> Address | None:
    if part is None:
        return None
    hosts = [container.addresses[name] for name in part.networks if name in container.addresses]
    host = next(iter([*hosts, *container.addresses.values()]), "")
    return Address("", host, part.port) if host else None


def _found(container: Container, host: str, owners: tuple[Container, ...]) -> str | None:
    """The address of an owner's living container that answers to a name in a shared network."""
    for one in owners:
        for network, address in one.addresses.items():
            names = one.aliases.get(network, ())
            if one.live and network in container.addresses and (host in names or host == address):
                return address
    return None


def _exit(container: Container) -> str:
    instance = container.instance
    code = (
        "its exit code is not known"
        if instance.exit_code is None
        else f"with code {instance.exit_code}"
    )
    detail = f"{instance.workload} exited, {code}"
    return f"{detail}; {instance.reason}"[:_LONGEST] if instance.reason else detail
