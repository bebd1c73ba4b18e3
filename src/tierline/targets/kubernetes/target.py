"""Runs a mesh's services in one namespace of a Kubernetes cluster, by its API alone.

Applies what was rendered, watches what becomes of it, asks pods through the API server. Retries
nothing and judges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress

from tierline.errors import PermanentError, TemporaryError
from tierline.facts.evidence import Evidence, Signal, SignalKind
from tierline.facts.instant import Instant
from tierline.facts.observation import Observation, Outcome, Phase, Refused, Unknown
from tierline.facts.probe import LogLine, Probe
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen
from tierline.plan.model import Plan
from tierline.registry_login.docker_config import Logins
from tierline.targets.asking.contracts import Readers
from tierline.targets.asking.promised import Promised, Taker, readers_of, running
from tierline.targets.kubernetes import marks, output
from tierline.targets.kubernetes.answers import ApiRefusal
from tierline.targets.kubernetes.api import Api
from tierline.targets.kubernetes.bundles import Bundle, Bundles
from tierline.targets.kubernetes.catalogue import Catalogue
from tierline.targets.kubernetes.effects import Effects
from tierline.targets.kubernetes.foreign import Foreign
from tierline.targets.kubernetes.kubeconfig import Reach
from tierline.targets.kubernetes.leasing import Leasing
from tierline.targets.kubernetes.namespace import Namespace
from tierline.targets.kubernetes.objects import POD, Object, annotation_of, label_of, name_of
from tierline.targets.kubernetes.pods import id_of, instance_of
from tierline.targets.kubernetes.preparing import Preparation
from tierline.targets.kubernetes.probing import Prober, Subject
from tierline.targets.kubernetes.registries import Registries, images_of
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
    evidence; `otlp` is where pods send telemetry, "" for where they like. `status_only`: pods answer
    nothing and are asked nothing. `kinds` are those of the mesh's own, as `group/version/Kind`; `logins` those at
    registries. `foreign` is what others brought and is to be seen beside what is ours.
    """

    reach: Reach
    namespace: str
    mesh: str
    environment: str
    now: Callable[[], Instant]
    exec_plugins: bool = False
    take_over: bool = False
    otlp: str = ""
    status_only: bool = False
    kinds: tuple[str, ...] = ()
    logins: Logins = Logins()
    foreign: Foreign | None = None

    @property
    def selector(self) -> str:
        """What picks our objects."""
        return f"{marks.MESH}={self.mesh},{marks.ENVIRONMENT}={self.environment}"

    @property
    def watched(self) -> str:
        """What picks all that is watched: everything, where others' objects are to be seen, too."""
        return "" if self.foreign else self.selector

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
        self._registries = Registries(site.logins)
        self._failed: dict[str, Prepared] = {}
        self._planned: Mapping[str, str] = {}

    def capabilities(self) -> Capabilities:
        """Pods are asked by name, so sessions are seen; output counts as logs."""
        return Capabilities(
            "kubernetes",
            enforces_fence=True,
            observes_sessions=True,
            receives_signals=True,
            holds_contracts=not self._site.status_only,
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
        """Whether its objects are kept and a registry has their images; absence always is."""
        if revision == ABSENT:
            return True
        bundle = await asyncio.to_thread(self._bundles.find, service_id, revision)
        return bundle is not None and await self._registries.have(images_of(bundle.objects))

    async def prepare(self, plan: Plan) -> AsyncGenerator[Prepared, None]:
        """Render everything planned; what is kept already is done at once."""
        self._planned = {one.service_id: one.revision.id for one in plan.services}
        async for item in self._preparation.prepare(plan):
            self._failed.pop(item.service_id, None)
            if not item.ok:
                self._failed[item.service_id] = item
            yield item

    async def apply(self, service_id: str, revision: str, key: str, fence: int) -> Outcome:
        """Bring a revision's objects, and end what they replace."""
        bundle = self._bundles.held(service_id, revision)
        bundle = bundle or await asyncio.to_thread(self._bundles.find, service_id, revision)
        if bundle is None:
            if failed := self._failed.get(service_id):
                return Refused(failed.code, failed.detail)
            message = f"{service_id[:80]}: revision {revision[:12]} was not rendered here"
            return Refused("build/missing", message)
        self._open()
        effect = Effect(service_id, revision, key, fence, self._site.otlp)
        noting = asyncio.to_thread(self._bundles.started, bundle)
        outcome, _ = await asyncio.gather(self._brought(bundle, effect), noting)
        return outcome

    async def _brought(self, bundle: Bundle, effect: Effect) -> Outcome:
        try:
            had = await self._had(bundle.service_id)
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
        brought = self._site.foreign.services.get(service_id) if self._site.foreign else None
        known = brought or bundle
        if known is None:
            return await self._prober.ask(Subject(service_id, seen), probe)
        told = known.promised
        readers = self._readers_of(service_id, told) if told else None
        subject = Subject(service_id, seen, known.owners, known.safe_paths, told, readers)
        return await self._prober.ask(subject, probe)

    def _readers_of(self, service_id: str, told: Promised) -> Readers | None:
        """How to find who takes its contract; None where not all that runs is known."""
        if told.contract is None or not self._sight.synced:
            return None
        return readers_of(service_id, told.contract.path, self._revisions, self._taker)

    def _revisions(self) -> Mapping[str, str]:
        """What runs, and what is about to."""
        view, now = self._sight.view, self._site.now()
        return {**running({n: view.seen(n, now) for n in view.services}), **self._planned}

    def _taker(self, service_id: str, revision: str) -> Taker | None:
        bundle = self._bundles.find(service_id, revision)
        return Taker(bundle.owners, bundle.promised) if bundle else None

    async def signals(self) -> AsyncGenerator[Signal, None]:
        """What pods send, and that a pod printed something: its captured output counts as logs."""
        self._open()
        telemetry, told = self._telemetry, set[str]()
        try:
            async with self._sight.kept():
                while True:
                    if telemetry is not None:
                        telemetry.listen()
                        for signal in telemetry.news():
                            yield signal
                    for service_id in self._printing():
                        for signal in await self._printed(service_id, told):
                            yield signal
                    await asyncio.sleep(_EVERY_SECONDS)
        finally:
            if telemetry is not None:
                await telemetry.close()

    def _printing(self) -> frozenset[str]:
        """Services whose pods may have printed something that counts."""
        asked = self._sight.synced and not self._site.status_only
        return self._sight.view.services if asked else frozenset()

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

    async def close(self) -> None:
        """End watching and all connections; what is asked afterwards opens them anew."""
        if self._loop is asyncio.get_running_loop():
            self._loop = None
            await self._sight.close()
            await self._api.close()

    def _open(self) -> None:
        """Connections belong to the running loop: one that ended took its own along."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        site = self._site
        self._api = Api(site.reach, may_run=site.exec_plugins)
        namespace = Namespace(
            self._api, site.namespace, site.watched, Catalogue(self._api, site.kinds)
        )
        self._loop, self._namespace = loop, namespace
        self._sight = Sight(namespace, site.now, site.foreign)
        self._leasing = Leasing(namespace, site.lease, site.now)
        self._effects = Effects(namespace, self._leasing, take_over=site.take_over)
        self._prober = Prober(namespace, site.now)

    async def _had(self, service_id: str) -> list[Object]:
        """The objects of a service that are there, seen completely."""
        await self._sight.complete()
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
        held = self._bundles.held(service_id, revision)
        return held or self._bundles.find(service_id, revision)

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
