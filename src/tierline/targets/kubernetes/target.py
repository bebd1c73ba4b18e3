"""Runs a mesh's services in one namespace of a Kubernetes cluster, by its API alone.

Applies what was rendered, watches what becomes of it, asks pods through the API server. Retries
nothing and judges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.evidence import Evidence, Signal, SignalKind
from tierline.facts.instant import Instant
from tierline.facts.observation import Observation, Outcome, Phase, Refused, Unknown
from tierline.facts.probe import LogLine, Probe
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.plan.model import Plan
from tierline.targets.kubernetes import marks, output
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.api import Api
from tierline.targets.kubernetes.bundles import Bundle, Bundles
from tierline.targets.kubernetes.effects import Effects
from tierline.targets.kubernetes.kubeconfig import Reach
from tierline.targets.kubernetes.leasing import Leasing
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import POD, Object, annotation_of, label_of, name_of
from tierline.targets.kubernetes.pods import id_of, instance_of
from tierline.targets.kubernetes.preparing import Preparation
from tierline.targets.kubernetes.probing import Prober, Subject
from tierline.targets.kubernetes.sight import Sight
from tierline.targets.kubernetes.stamping import Effect
from tierline.targets.kubernetes.telemetry import Telemetry
from tierline.targets.protocol import Capabilities, Fence, Holder, Prepared

_EVERY_SECONDS = 0.1
"""how often it is looked what arrived, and output is asked for of pods that have not said anything"""


@frozen
class Site:
    """Where an environment is: its cluster, its namespace, how its objects are known again.

    `lease` is the name of the Lease; `mesh` and `environment` are values of labels; `now` stamps
    evidence; `otlp` is where pods send telemetry, "" for where they like.
    """

    reach: Reach
    namespace: str
    mesh: str
    environment: str
    now: Callable[[], Instant]
    exec_plugins: bool = False
    take_over: bool = False
    otlp: str = ""

    @property
    def selector(self) -> str:
        """What picks our objects."""
        return f"{marks.MESH}={self.mesh},{marks.ENVIRONMENT}={self.environment}"

    @property
    def lease(self) -> str:
        """The name of the environment's lease."""
        return (
            f"tierline-{self.mesh}-{self.environment}".lower().replace("_", "-")[:63].rstrip("-.")
        )


class KubernetesTarget:
    """Satisfies `targets.protocol.Target`. Make one for each mesh and environment."""

    def __init__(
        self,
        site: Site,
        bundles: Bundles,
        preparation: Preparation,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._telemetry = telemetry
        self._site, self._bundles, self._preparation = site, bundles, preparation
        self._loop: asyncio.AbstractEventLoop | None = None
        self._namespace: Namespace | None = None
        self._staged: dict[str, Bundle] = {}
        self._failed: dict[str, Prepared] = {}

    def capabilities(self) -> Capabilities:
        """Pods are asked by name, so sessions are seen; output counts as logs."""
        return Capabilities(
            "kubernetes", enforces_fence=True, observes_sessions=True, receives_signals=True
        )

    async def claim(self, environment: str, holder: Holder, above: int = 0) -> Fence:
        """The Lease of the environment, in its namespace."""
        self._open()
        try:
            return await self._leasing.claim(holder, above)
        except ApiRefusal as error:
            raise _raised(error, "the lease cannot be had") from error

    async def release(self, fence: Fence) -> None:
        """Give it back."""
        self._open()
        try:
            await self._leasing.release(fence)
        except ApiRefusal as error:
            raise _raised(error, "the lease cannot be given back") from error

    async def available(self, service_id: str, revision: str) -> bool:
        """Whether the objects of the revision are kept; absence always is."""
        if revision == ABSENT:
            return True
        return await asyncio.to_thread(self._bundles.find, service_id, revision) is not None

    async def prepare(self, plan: Plan) -> AsyncGenerator[Prepared, None]:
        """Render everything planned; what is kept already is done at once."""
        async for item in self._preparation.prepare(plan):
            self._failed.pop(item.service_id, None)
            if not item.ok:
                self._failed[item.service_id] = item
            yield item

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Bring a revision's objects, and end what they replace."""
        bundle = await asyncio.to_thread(self._bundles.find, service_id, revision)
        if bundle is None:
            if failed := self._failed.get(service_id):
                return Refused(failed.code, failed.detail)
            message = f"{service_id[:80]}: revision {revision[:12]} was not rendered here"
            return Refused("build/missing", message)
        self._open()
        effect = Effect(service_id, revision, key, fence, self._site.otlp)
        try:
            had = await self._had(service_id)
            return await self._effects.apply(bundle.objects, effect, self._sight.view.get, had)
        except (ApiRefusal, TemporaryError) as error:
            return Unknown(str(error))

    async def restore(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Bring an older revision again; `absent` stops the service."""
        if revision == ABSENT:
            return await self.stop(service_id, key, fence)
        return await self.apply(service_id, revision, key, fence)

    async def stop(self, service_id: str, key: str, fence: int) -> Outcome:
        """End what runs of the service; its data stays."""
        self._open()
        try:
            had = await self._had(service_id)
            memory = self._memory(service_id, key, fence)
            return await self._effects.stop(had, memory, fence)
        except (ApiRefusal, TemporaryError) as error:
            return Unknown(str(error))

    async def observe(self) -> AsyncGenerator[Observation, None]:
        """Everything now, `Synced`, then changes; `Lost` when the cluster cannot be seen."""
        self._open()
        async with aclosing(self._sight.look()) as observations:
            async for observation in observations:
                yield observation

    async def probe(self, service_id: str, probe: Probe) -> Evidence:
        """One fact, found out now."""
        self._open()
        seen = await self._sight.seen(service_id)
        bundle = self._known(
            service_id, seen.instances[-1].revision if seen and seen.instances else ""
        )
        owners, paths = (bundle.owners, bundle.safe_paths) if bundle else ((), ())
        return await self._prober.ask(Subject(service_id, seen, owners, paths), probe)

    async def signals(self) -> AsyncGenerator[Signal, None]:
        """What pods send, and that a pod printed something: its captured output counts as logs."""
        self._open()
        telemetry, told = self._telemetry, set[str]()
        try:
            while True:
                if telemetry is not None:
                    telemetry.listen()
                    for signal in telemetry.news():
                        yield signal
                for service_id in self._sight.view.services if self._sight.synced else ():
                    for signal in await self._printed(service_id, told):
                        yield signal
                await asyncio.sleep(_EVERY_SECONDS)
        finally:
            if telemetry is not None:
                await telemetry.close()

    async def _printed(self, service_id: str, told: set[str]) -> list[Signal]:
        """A signal for each pod that printed something and is not told of yet."""
        found: list[Signal] = []
        for pod in self._sight.view.pods(service_id):
            if id_of(pod) not in told and (one := await self._first_output(service_id, pod)):
                told.add(id_of(pod))
                found.append(one)
        return found

    async def logs(
        self, service_id: str, since: Instant, limit: int
    ) -> AsyncGenerator[LogLine, None]:
        """The newest lines of all pods of a service."""
        self._open()
        await self._sight.seen(service_id)
        found: list[LogLine] = []
        for pod in self._sight.view.pods(service_id):
            found += await self._lines(service_id, pod, limit)
        late = [line for line in found if line.at is None or line.at >= since]
        for line in sorted(late, key=lambda line: line.at or 0.0)[-limit:]:
            yield line

    def _open(self) -> None:
        """Connections belong to the running loop: one that ended took its own along."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        site = self._site
        api = Api(site.reach, may_run=site.exec_plugins)
        namespace = Namespace(api, site.namespace, site.selector)
        self._loop, self._namespace = loop, namespace
        self._sight = Sight(namespace, site.now)
        self._leasing = Leasing(namespace, site.lease, site.now)
        self._effects = Effects(namespace, self._leasing, take_over=site.take_over)
        self._prober = Prober(namespace, site.now)

    async def _had(self, service_id: str) -> list[Object]:
        """The objects of a service that are there, seen completely."""
        await self._sight.seen(service_id)
        return [i for (kind, _), i in self._sight.view.of(service_id).items() if kind != POD.name]

    def _memory(self, service_id: str, key: str, fence: int) -> Object:
        """What remembers by which effect a service was stopped."""
        labels = {
            marks.MESH: self._site.mesh,
            marks.ENVIRONMENT: self._site.environment,
            marks.SERVICE: service_id,
            marks.STOPPED: "true",
        }
        metadata = {
            "name": f"tierline-stopped-{service_id.lower()}",
            "namespace": self._site.namespace,
            "labels": labels,
            "annotations": {marks.KEY: key, marks.FENCE: str(fence)},
        }
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}

    def _known(self, service_id: str, revision: str) -> Bundle | None:
        known = self._staged.get(service_id)
        if known is None or known.revision != revision:
            known = self._bundles.find(service_id, revision)
            if known is not None:
                self._staged[service_id] = known
        return known

    async def _first_output(self, service_id: str, pod: Object) -> Signal | None:
        instance = instance_of(pod)
        if instance.phase is Phase.STARTING:
            return None
        found = await self._lines(service_id, pod, 1)
        if not found:
            return None
        now = self._site.now()
        return Signal(
            service_id, SignalKind.LOGS, instance.revision, instance.id, now, now, len(found)
        )

    async def _lines(self, service_id: str, pod: Object, limit: int) -> list[LogLine]:
        """Of one pod; none where it has not begun, or is gone by now."""
        workload, container = label_of(pod, marks.WORKLOAD), annotation_of(pod, marks.CONTAINER)
        namespace = self._namespace
        if namespace is None:
            return []
        with suppress(ApiRefusal):
            return await output.lines(
                namespace, service_id, workload, name_of(pod), container, min(limit, 10_000)
            )
        return []


def _raised(error: ApiRefusal, what: str) -> PermanentError | TemporaryError:
    message = f"{what}: {error.message}"
    if error.passing:
        return TemporaryError(message, code="cluster/silent", fix="run the same command again")
    fix = "see docs/kubernetes.md for the rights that are needed" if error.status == 403 else ""
    return PermanentError(message, code="cluster/refused", fix=fix)
