"""What a service deploys, as its judges look at it: pods by their controller, and a way to tell."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.k8s import Manifest
from tierline.mesh.k8s_model import Container, Controller
from tierline.mesh.k8s_value import word
from tierline.mesh.node import ListNode, MapNode, Scalar
from tierline.mesh.source import Positioned, Source
from tierline.readiness.facts import ServiceFacts
from tierline.readiness.manifests.reading import ServiceManifests

SHORT_LIVED = frozenset({"Job", "CronJob"})


@frozen
class Box:
    """A container as it is written and as it was read. `path` is its file as shown."""

    path: str
    node: MapNode
    read: Container


@frozen
class Pods:
    """A controller and the pods that it makes; `boxes` are their containers, those before last.

    `labels` are those of the pods; `selector` is None where the controller has none of its own.
    """

    manifest: Manifest
    controller: Controller
    labels: Mapping[str, str]
    selector: MapNode | None
    spec: MapNode | None
    boxes: tuple[Box, ...]

    @property
    def name(self) -> str:
        """`Deployment profile`, as messages say it."""
        return f"{self.controller.kind} {self.controller.name or '?'}"

    @property
    def staying(self) -> tuple[Box, ...]:
        """The containers that run as long as the pod does."""
        return tuple(box for box in self.boxes if not box.read.init)


class Deployed:
    """One service's manifests while they are judged: what there is, and what was found wrong."""

    def __init__(self, facts: ServiceFacts, read: ServiceManifests) -> None:
        self.facts = facts
        self.read = read
        self.cluster = facts.around.cluster
        self.pods = tuple(
            _pods(one, one.declares) for one in read.objects if isinstance(one.declares, Controller)
        )
        self._sources: dict[str, Source] = {}

    @property
    def workloads(self) -> frozenset[str]:
        """What the service's own programs are called."""
        return frozenset(one.name for one in self.facts.service.workloads)

    def of(self, kind: str) -> tuple[Manifest, ...]:
        """Every object of one kind."""
        return tuple(one for one in self.read.objects if word(one.node, "kind") == kind)

    def tell(self, slug: str, message: str, path: str, at: Positioned, fix: str = "") -> None:
        """Note a finding at a node of the file that is shown as `path`."""
        source = self._sources.get(path)
        if source is None:
            name = self.facts.service.service_id
            source = self._sources[path] = Source(path, "manifests", name)
        source.defect(slug, message, at, fix)

    def defects(self) -> tuple[Defect, ...]:
        """Everything told so far."""
        return tuple(defect for one in self._sources.values() for defect in one.defects)


def inner(node: MapNode | None, *keys: str) -> MapNode | None:
    """The mapping that a way of keys leads to; None where it ends before, or at something else."""
    for key in keys:
        value = None if node is None else node.value(key)
        node = value if isinstance(value, MapNode) else None
    return node


def entries(node: MapNode | None, key: str) -> tuple[MapNode, ...]:
    """The mappings in the list below a key."""
    value = None if node is None else node.value(key)
    items = value.items if isinstance(value, ListNode) else ()
    return tuple(item for item in items if isinstance(item, MapNode))


def words(node: MapNode | None) -> dict[str, str]:
    """Keys and the texts below them; what is no text is left out."""
    if node is None:
        return {}
    values = ((key, field.value) for key, field in node.fields.items())
    return {k: v.text for k, v in values if isinstance(v, Scalar) and not v.empty}


def texts(node: MapNode | None, key: str) -> tuple[Scalar, ...]:
    """The scalars in the list below a key."""
    value = None if node is None else node.value(key)
    items = value.items if isinstance(value, ListNode) else ()
    return tuple(item for item in items if isinstance(item, Scalar))


def titled(manifest: Manifest) -> str:
    """`Service profile`, as messages say it."""
    kind, name = word(manifest.node, "kind"), word(inner(manifest.node, "metadata"), "name")
    return clean(f"{kind or 'an object'} {name}".rstrip())


def _pods(manifest: Manifest, controller: Controller) -> Pods:
    node = manifest.node
    spec = inner(node, "spec")
    selector = inner(spec, "selector")
    pod: MapNode | None = node
    if controller.kind == "CronJob":
        spec = inner(spec, "jobTemplate", "spec")
        selector = inner(spec, "selector")
    if controller.kind != "Pod":
        pod = inner(spec, "template")
    pod_spec = inner(pod, "spec")
    written = (*entries(pod_spec, "containers"), *entries(pod_spec, "initContainers"))
    boxes = tuple(
        Box(manifest.path, one, read)
        for one, read in zip(written, controller.containers, strict=False)
    )
    labels = words(inner(pod, "metadata", "labels"))
    return Pods(manifest, controller, labels, selector, pod_spec, boxes)
