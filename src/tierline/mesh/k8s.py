"""Reads a service's Kubernetes manifests: what each document declares; judges nothing of it.

A file may hold several documents and lists. What has another shape than its kind asks for is a
defect, and the rest of the document still counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect
from tierline.mesh.jsonfile import read_json
from tierline.mesh.k8s_model import (
    Autoscaler,
    Budget,
    Controller,
    Exposure,
    Manifests,
    NamedPort,
    Other,
    Settings,
    Variable,
)
from tierline.mesh.k8s_pod import read_pod
from tierline.mesh.k8s_value import child, children, label, number, word
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_documents
from tierline.regex import regex

FOLDER = "deploy/k8s"
_INSIDE = f"{FOLDER}/"
MOST = 200
"""objects of one file"""

_PODS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")
_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,252}")

Object = Controller | Exposure | Autoscaler | Budget | Settings | Other


@frozen
class Manifest:
    """One object of a file: as it is written, and what it declares. `path` is as findings show it."""

    path: str
    node: MapNode
    declares: Object


def is_manifest(path: str) -> bool:
    """Whether a path, relative to a service's folder, is one of its manifests."""
    return (
        path.startswith(_INSIDE)
        and path.endswith((".yaml", ".yml", ".json"))
        and "/" not in path[len(_INSIDE) :]
    )


def read_manifests(
    content: bytes, source: Source
) -> tuple[tuple[Manifest, ...] | None, tuple[Defect, ...]]:
    """The objects of one file with their nodes. None where it is no YAML.

    What is wrong with the file itself goes to `source`; values of another shape than their readers
    expect are given back, for who does not compare the objects with the schemas of their kinds.
    """
    documents = _documents(content, source)
    if documents is None:
        return None, ()
    shapes = Source(source.path, source.gate, source.service_id)
    found: list[Manifest] = []
    for node in _objects(documents, source):
        if len(found) == MOST:
            source.defect("too-many-values", f"more than {MOST} objects", node, "split the file")
            break
        found.append(Manifest(source.path, node, _object(node, shapes)))
    return tuple(found), tuple(shapes.defects)


def _documents(content: bytes, source: Source) -> Sequence[Node] | None:
    """The documents of a file, which is JSON if it is called so."""
    if not source.path.endswith(".json"):
        return read_documents(content, source)
    node = read_json(content, source)
    return None if node is None else (node,)


def parse_manifest(
    content: bytes, path: str, service_id: str
) -> tuple[tuple[Object, ...] | None, tuple[Defect, ...]]:
    """What the objects of one file declare. None where it is no YAML."""
    source = Source(path, "manifests", service_id)
    found, shapes = read_manifests(content, source)
    defects = (*source.defects, *shapes)
    return None if found is None else tuple(one.declares for one in found), defects


def together(objects: Iterable[Object]) -> Manifests:
    """The objects of all files of a service, by what they are."""
    found = tuple(objects)
    return Manifests(
        controllers=tuple(one for one in found if isinstance(one, Controller)),
        exposures=tuple(one for one in found if isinstance(one, Exposure)),
        autoscalers=tuple(one for one in found if isinstance(one, Autoscaler)),
        budgets=tuple(one for one in found if isinstance(one, Budget)),
        settings=tuple(one for one in found if isinstance(one, Settings)),
        others=tuple(one for one in found if isinstance(one, Other)),
    )


def _objects(documents: Iterable[Node], source: Source) -> Iterator[MapNode]:
    """Documents that are objects; of a List its items, one level deep."""
    for node in documents:
        if isinstance(node, Scalar) and node.empty:
            continue
        document = source.fields(node, "the manifest")
        if document is None:
            continue
        items = document.value("items")
        if word(document, "kind").endswith("List") and isinstance(items, ListNode):
            yield from (item for item in items.items if isinstance(item, MapNode))
        else:
            yield document


def _object(node: MapNode, source: Source) -> Object:
    kind, name = _shown(word(node, "kind")), _shown(word(child(node, "metadata", source), "name"))
    if not kind:
        source.defect("missing-key", "no `kind`", node, "say what kind of object it is")
    if not name and kind != "Kustomization":
        source.defect("missing-key", "no `metadata.name`", node, "give it a name")
    reader = _READERS.get(kind)
    return reader(node, name, source) if reader else Other(kind or "?", name, source.place(node))


def _shown(text: str) -> str:
    """A name as it is where it is one, else cleaned and short."""
    return text if _NAME.fullmatch(text) else clean(text, 60)


def _controller(node: MapNode, name: str, source: Source) -> Controller:
    spec = child(node, "spec", source)
    replicas = None if spec is None else spec.value("replicas")
    pod = node
    if word(node, "kind") == "CronJob":
        spec = child(child(spec, "jobTemplate", source), "spec", source)
    if word(node, "kind") != "Pod":
        template = child(spec, "template", source)
        if template is None:
            source.defect("missing-key", "no `spec.template`", node, "say what its pods are")
            return Controller(word(node, "kind"), name, None, "", (), source.place(node))
        pod = template
    return Controller(
        kind=word(node, "kind"),
        name=name,
        replicas=number(replicas),
        label=label(child(pod, "metadata", source), source),
        containers=read_pod(pod, source),
        place=source.place(node),
        replicas_place=None if replicas is None else source.place(replicas),
    )


def _exposure(node: MapNode, name: str, source: Source) -> Exposure:
    listed = children(child(node, "spec", source), "ports", source)
    ports = (
        NamedPort(_shown(word(one, "name")), number(one.value("port")) or 0, source.place(one))
        for one in listed
    )
    return Exposure(name, tuple(ports), source.place(node))


def _autoscaler(node: MapNode, name: str, source: Source) -> Autoscaler:
    spec = child(node, "spec", source)
    goal = child(spec, "scaleTargetRef", source)
    old = number(spec.value("targetCPUUtilizationPercentage")) if spec else None
    metrics = [f"cpu {old} %"] if old is not None else []
    for one in children(spec, "metrics", source):
        resource = child(one, "resource", source)
        target = child(resource, "target", source)
        share = number(target.value("averageUtilization")) if target else None
        what = _shown(word(resource, "name")) or _shown(word(one, "type"))
        metrics.append(f"{what} {share} %" if share is not None else what)
    return Autoscaler(
        name,
        "/".join(filter(None, (_shown(word(goal, "kind")), _shown(word(goal, "name"))))),
        number(spec.value("minReplicas")) if spec else None,
        number(spec.value("maxReplicas")) if spec else None,
        tuple(metrics),
        source.place(node),
    )


def _budget(node: MapNode, name: str, source: Source) -> Budget:
    spec = child(node, "spec", source)
    least, most = word(spec, "minAvailable"), word(spec, "maxUnavailable")
    return Budget(name, clean(least, 20), clean(most, 20), source.place(node))


def _settings(node: MapNode, name: str, source: Source) -> Settings:
    keys: dict[str, Variable] = {}
    for part in ("data", "stringData", "binaryData"):
        fields = child(node, part, source)
        for key, field in fields.fields.items() if fields else ():
            port = number(field.value, quoted=True) if key.endswith("_PORT") else None
            kept = port if word(node, "kind") == "ConfigMap" else None
            keys[key] = Variable(_shown(key), "value", source.place(field.key), kept)
    return Settings(word(node, "kind"), name, tuple(keys.values()), source.place(node))


_READERS: dict[str, Callable[[MapNode, str, Source], Object]] = {
    **dict.fromkeys(_PODS, _controller),
    "Service": _exposure,
    "HorizontalPodAutoscaler": _autoscaler,
    "PodDisruptionBudget": _budget,
    "ConfigMap": _settings,
    "Secret": _settings,
}
