"""Finds out one fact about a running service: health, readiness, a connection, sampled requests.

Every fact is of one instance: before an answer counts, the supervisor says whose process listens
on the port. Judges nothing, repeats nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
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
    HealthProbe,
    OwnProbe,
    ReadinessProbe,
    RequestProbe,
)
from tierline.frozen import frozen
from tierline.targets.asking import http, readyz
from tierline.targets.asking.addresses import Address, parse_address
from tierline.targets.asking.contracts import SECONDS, Contract, ContractAsker, Readers
from tierline.targets.asking.sampling import Sampler
from tierline.targets.local.client import Client
from tierline.targets.local.messages import Listener, Whose
from tierline.targets.local.ownership import elsewhere, foreign

PROBE_SECONDS = 1.0
GRACE_SECONDS = 0.5
"""how long a workload that need not serve HTTP may take to begin with it"""
HEALTH_PATH, READY_PATH = "/healthz", "/readyz"
PROBED_PATHS = frozenset({HEALTH_PATH, READY_PATH})
"""judged by probes of their own: what they answer is no error of the service's work"""
_LONGEST_DETAIL = 300


@frozen
class Subject:
    """The service to ask, as known now.

    `optional` are workloads that need not serve HTTP. `owners` maps its owners to their addresses.
    `remark` is what else is known that may explain a failure (infrastructure that is not there).
    `readers` finds who takes its contract.
    """

    service_id: str
    seen: Seen | None
    owners: Mapping[str, Address]
    safe_paths: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    remark: str = ""
    contract: Contract | None = None
    readers: Readers | None = None

    def instance(self, workload: str = "") -> Instance | None:
        """The newest instance of a workload, alive before exited; "" is the first with HTTP."""
        if self.seen is None:
            return None
        fit = [i for i in self.seen.instances if not workload or i.workload == workload]
        if not workload:
            fit = [i for i in fit if "http" in i.addresses and i.workload not in self.optional]
        alive = [i for i in fit if i.phase is not Phase.EXITED]
        return max(alive or fit, key=lambda i: i.started_at, default=None)


@frozen
class _Reply:
    """What came of asking. `instance` "" : of nobody of the service."""

    answer: Answer
    detail: str
    instance: str = ""
    answered: http.Answered | None = None

    @property
    def body(self) -> bytes | None:
        return self.answered.body if self.answered else None


class Prober:
    """Asks services of one environment; keeps how many requests each instance has answered."""

    def __init__(self, client: Client, now: Callable[[], Instant]) -> None:
        self._client, self._now = client, now
        self._sampler = Sampler()
        self._contracts = ContractAsker()

    async def ask(self, subject: Subject, probe: OwnProbe) -> Evidence:
        """The fact that a probe asks for. TemporaryError when the supervisor is away."""
        match probe:
            case HealthProbe(workload):
                return await self._health(subject, workload)
            case ReadinessProbe():
                return await self._readiness(subject)
            case ConnectionProbe(owner):
                return await self._connection(subject, owner)
            case RequestProbe(count):
                return await self._requests(subject, count)
            case ContractProbe():
                return await self._contract(subject)

    async def _health(self, subject: Subject, workload: str) -> Health:
        instance = subject.instance(workload)
        if instance is None:
            reply = _Reply(Answer.NOBODY, "nothing of it runs")
        elif instance.phase is Phase.EXITED:
            reply = _Reply(Answer.FAILED, _exit(instance), instance.id)
        else:
            reply = self._without_http(subject, instance)
            reply = reply or await self._reply(instance, HEALTH_PATH)
        detail = reply.detail
        if reply.answer is not Answer.OK:
            detail = _with(detail, subject.remark)
        return Health(
            subject.service_id, workload, reply.instance, self._now(), reply.answer, detail
        )

    def _without_http(self, subject: Subject, instance: Instance) -> _Reply | None:
        """What being alive says of an instance that serves no HTTP; None if it must be asked."""
        address = _address(instance, "http")
        if address is None:
            return _Reply(Answer.OK, "alive; it serves no HTTP", instance.id)
        if instance.workload not in subject.optional or not _silent(instance, address.port):
            return None
        if self._now() - instance.started_at < GRACE_SECONDS:
            return _Reply(Answer.UNKNOWN, "alive; it may begin to serve HTTP", instance.id)
        return _Reply(Answer.OK, "alive; it serves no HTTP", instance.id)

    async def _readiness(self, subject: Subject) -> Dependencies:
        instance = subject.instance()
        if instance is None or instance.phase is Phase.EXITED:
            reply = _Reply(Answer.NOBODY, "no instance of it serves HTTP")
        else:
            reply = await self._reply(instance, READY_PATH)
        answer, detail, owners = readyz.said(reply.answer, reply.detail, reply.body, subject.owners)
        return Dependencies(subject.service_id, reply.instance, self._now(), answer, owners, detail)

    async def _reply(self, instance: Instance, path: str) -> _Reply:
        """What the instance answers; what another process answers in its place is no answer."""
        address = _address(instance, "http")
        if address is None:
            return _Reply(Answer.NOBODY, "it was told no HTTP port", instance.id)
        listener, answered = await self._ask(address, path)
        stranger = foreign(listener, address.port, instance)
        if stranger:
            return _Reply(Answer.FAILED, stranger)
        if isinstance(answered, http.NobodyListens):
            detail = elsewhere(instance, address.port) or str(answered)
            return _Reply(Answer.NOBODY, detail, instance.id)
        if isinstance(answered, http.NoAnswer):
            return _Reply(Answer.FAILED, f"GET {path}: {answered}", instance.id)
        if listener.whose is not Whose.INSTANCE:
            detail = f"who answers on port {address.port} cannot be seen"
            return _Reply(Answer.UNKNOWN, detail, instance.id)
        good = 200 <= answered.status < 300
        detail = f"GET {path} answers {answered.status}"
        return _Reply(Answer.OK if good else Answer.FAILED, detail, instance.id, answered)

    async def _connection(self, subject: Subject, owner: str) -> Connection:
        instance = subject.instance() or subject.instance(_any_workload(subject))

        def fact(answer: Answer, detail: str) -> Connection:
            known = instance.id if instance else ""
            return Connection(subject.service_id, known, owner, self._now(), answer, detail)

        address = subject.owners.get(owner)
        if instance is None or instance.phase is Phase.EXITED:
            return fact(Answer.UNKNOWN, "no instance of it runs")
        if address is None:
            return fact(Answer.UNKNOWN, f"where it looks for {owner} is not known")
        trouble = await connect(address)
        if trouble:
            return fact(Answer.NOBODY, trouble)
        listener = await self._client.listener(address.port)
        if listener.whose is Whose.UNKNOWN:
            return fact(Answer.UNKNOWN, f"who answers on port {address.port} cannot be seen")
        if listener.service_id != owner:
            by = listener.service_id or f"pid {listener.pid}"
            shown = f"port {address.port} of {owner} is answered by {by}, not by it"
            return fact(Answer.FAILED, shown)
        return fact(Answer.OK, f"{address.host}:{address.port} accepts connections")

    async def _requests(self, subject: Subject, count: int) -> Requests:
        instance = subject.instance()
        address = _address(instance, "http") if instance else None
        if instance is None or address is None or instance.phase is Phase.EXITED:
            return Requests(
                subject.service_id, "", self._now(), 0, 0, "no instance of it serves HTTP"
            )
        listener = await self._client.listener(address.port)
        if listener.whose is Whose.INSTANCE and listener.instance == instance.id:
            told = (path for path in subject.safe_paths if path not in PROBED_PATHS)
            paths = tuple(told) or (HEALTH_PATH,)
            await self._sampler.sample(instance.id, address, paths, count)
            detail = self._sampler.detail(instance.id)
        else:
            detail = foreign(listener, address.port, instance)
            detail = detail or f"whether it answers on port {address.port} is not known"
        total, errors = self._sampler.counted(instance.id)
        return Requests(subject.service_id, instance.id, self._now(), total, errors, detail)

    async def _contract(self, subject: Subject) -> Boundary:
        """Answers of the instance against its own document; those of health are asked, too."""
        name, instance = subject.service_id, subject.instance()
        path = subject.contract.path if subject.contract else ""

        def fact(answer: Answer, detail: str, concerns: tuple[str, ...] | None = None) -> Boundary:
            known = instance.id if instance else ""
            return Boundary("", name, path, known, self._now(), answer, detail, concerns)

        address = _address(instance, "http") if instance else None
        if instance is None or address is None or instance.phase is Phase.EXITED:
            return fact(Answer.UNKNOWN, "no instance of it serves HTTP")
        if subject.contract is None:
            return fact(Answer.OK, "it has no OpenAPI document")
        listener = await self._client.listener(address.port)
        if listener.whose is not Whose.INSTANCE or listener.instance != instance.id:
            return fact(Answer.UNKNOWN, f"who answers on port {address.port} is not known")
        connection = http.Connection(address.host, address.port)
        try:
            held = await self._contracts.hold(
                subject.contract,
                partial(connection.get, seconds=SECONDS),
                subject.safe_paths,
                subject.readers,
            )
        finally:
            connection.close()
        return fact(held.answer, held.detail, held.concerns)

    async def _ask(
        self, address: Address, path: str
    ) -> tuple[Listener, http.Answered | http.NobodyListens | http.NoAnswer]:
        listener, answered = await asyncio.gather(
            self._client.listener(address.port), _get(address, path)
        )
        if listener.whose is Whose.NOBODY and isinstance(answered, http.Answered):
            listener = await self._client.listener(address.port)
        return listener, answered


async def connect(address: Address, seconds: float = PROBE_SECONDS) -> str:
    """ "" if something accepts connections there, else what happened instead."""
    place = f"{address.host}:{address.port}"
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(address.host, address.port)
    except ConnectionRefusedError:
        return f"{place} refuses connections"
    except TimeoutError:
        return f"{place} does not answer within {seconds:g} s"
    except OSError as error:
        return f"{place} cannot be reached: {error.strerror or error}"
    writer.close()
    return ""


async def _get(address: Address, path: str) -> http.Answered | http.NobodyListens | http.NoAnswer:
    connection = http.Connection(address.host, address.port)
    try:
        return await connection.get(path, PROBE_SECONDS)
    except (http.NobodyListens, http.NoAnswer) as outcome:
        return outcome
    finally:
        connection.close()


def _silent(instance: Instance, port: int) -> bool:
    return instance.listening is None or port not in instance.listening


def _address(instance: Instance, name: str) -> Address | None:
    return parse_address(instance.addresses.get(name, ""))


def _any_workload(subject: Subject) -> str:
    instances = subject.seen.instances if subject.seen else ()
    return next((i.workload for i in instances if i.phase is not Phase.EXITED), "?")


def _exit(instance: Instance) -> str:
    code = instance.exit_code
    how = "its exit code is not known" if code is None else f"with code {code}"
    return _with(f"{instance.workload} exited, {how}", instance.reason)


def _with(detail: str, remark: str) -> str:
    both = f"{detail}; {remark}" if detail and remark else detail or remark
    return both[:_LONGEST_DETAIL]
