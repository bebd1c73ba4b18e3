"""The suite's mesh as pods of a real node: one small image, whose part the manifests say."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from beds.kube.images import Recipe, make
from beds.kube.registry import Registry

from conformance.local_world import made_mesh, write
from conformance.services import Services
from fault_proxy import FaultProxy, Rule, Turns, proxied
from fault_proxy.faults import Refused
from kubernetes_bed import Cluster
from made.plans import request_of
from tierline.evidence.revisions import revisions
from tierline.facts.images import Image
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import slug
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.targets.kubernetes.bundles import Bundles
from tierline.targets.kubernetes.configuration import configured
from tierline.targets.kubernetes.kubeconfig import reach
from tierline.targets.kubernetes.objects import Object
from tierline.targets.kubernetes.preparing import Preparation, Ready
from tierline.targets.kubernetes.rendering import Placement, Rendered, render
from tierline.targets.kubernetes.target import KubernetesTarget, Site

ACTOR = Path(__file__).parent / "actor"
_UNSEEN = 4
"""lists that are refused in a row until the view is said to be lost"""


@dataclass(slots=True)
class KubernetesWorld:
    """The mesh in `root`; a namespace of its own, seen through `proxy`."""

    root: Path
    state: Path
    place: Placement
    proxy: FaultProxy
    mesh: Mesh = field(default_factory=made_mesh)
    edition: int = 1
    made: list[KubernetesTarget] = field(default_factory=list[KubernetesTarget])

    def target(self) -> KubernetesTarget:
        """A target as a new process would make it."""
        where = reach(str(self.proxy.kubeconfig), "", os.environ)
        site = Site(where, self.place.namespace, self.place.mesh, self.place.environment, time.time)
        bundles = Bundles(self.state)
        preparation = Preparation(self, bundles, sourced=False)
        self.made.append(KubernetesTarget(site, bundles, preparation))
        return self.made[-1]

    def plan(self, edition: int) -> Plan:
        """Take every service to that edition and plan it."""
        self.edition = edition
        for service in self.mesh.services.values():
            write(self.root / service.path / "edition", str(edition))
        found = revisions(self.root, self.mesh, self.mesh.services)
        shipped = {
            name: configured(one, self.ready(name).rendered, sourced=False)
            for name, one in found.items()
        }
        return build(request_of(self.mesh, revisions=shipped))

    def ready(self, service_id: str) -> Ready:
        """What the edition gives of a service, as a checkout would."""
        service = self.mesh.services[service_id]
        return Ready(self._rendered(service), service.owners)

    async def break_view(self) -> None:
        """End all that is open, and let nothing be listed for a while."""
        refused = Rule(Refused(503), target="/configmaps", method="GET", times=_UNSEEN)
        self.proxy.script = Turns(refused)
        await asyncio.to_thread(self.proxy.cut)

    def _rendered(self, service: Service) -> Rendered:
        names = tuple(one.name for one in service.workloads)
        objects = [_deployment(service, workload, self.edition) for workload in names]
        return render(service.service_id, names, [*objects, _named(service)], self.place)


@asynccontextmanager
async def kubernetes_world(folder: Path, cluster: Cluster) -> AsyncGenerator[KubernetesWorld]:
    """A world in an empty folder and a namespace of its own, which is deleted at the end."""
    with cluster.namespace() as namespace, proxied(cluster.api, folder) as proxy:
        images = {"actor": Image("actor", _pushed(cluster.facts["registry"]))}
        place = Placement("suite", "local", namespace, images)
        world = KubernetesWorld(folder / "mesh", folder / "state", place, proxy)
        try:
            yield world
        finally:
            for target in world.made:
                await target.close()


@cache
def _pushed(registry: str) -> str:
    """The actor's image by digest, built and pushed once."""
    with TemporaryDirectory() as scratch:
        program = Path(scratch, "actor")
        subprocess.run(
            ["go", "build", "-ldflags", "-s -w", "-o", program, "main.go"],
            cwd=ACTOR,
            env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"},
            check=True,
        )
        return Registry(registry).push("actor", make(Recipe({"/actor": program}, ["/actor"])))


def _slug(service: Service) -> str:
    return slug(service.service_id.partition("-")[2])


def _deployment(service: Service, workload: str, edition: int) -> Object:
    part = service.service_id.split("-")[1].lower() if workload == "api" else workload
    name = f"{_slug(service)}-{workload}"
    settings = {"PART": part, "EDITION": str(edition)}
    if service.service_id == Services.SLOW:
        settings["OWNER"] = "http://steady-service"
    container: Object = {
        "name": workload,
        "image": "actor",
        "env": [{"name": key, "value": value} for key, value in settings.items()],
    }
    if workload == "api":
        container["ports"] = [{"name": "http", "containerPort": 8080}]
    labels = {"app": name}
    pod = {"containers": [container], "terminationGracePeriodSeconds": 1}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _named(service: Service) -> Object:
    """What others reach its api by."""
    ports = [{"port": 80, "targetPort": 8080}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": _slug(service)},
        "spec": {"selector": {"app": f"{_slug(service)}-api"}, "ports": ports},
    }
