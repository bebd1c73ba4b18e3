"""Objects of the Kubernetes API as plain JSON, and what is read off any of them; knows no cluster."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from tierline.facts.instant import Instant
from tierline.frozen import frozen

Object = dict[str, Any]


@frozen
class Kind:
    """How objects of a kind are addressed: `apps/v1`, `Deployment`, `deployments`."""

    api_version: str
    name: str
    plural: str

    @property
    def root(self) -> str:
        """The path below which its API is."""
        return (
            f"/api/{self.api_version}"
            if "/" not in self.api_version
            else f"/apis/{self.api_version}"
        )


_APPLIED = (
    Kind("v1", "ServiceAccount", "serviceaccounts"),
    Kind("v1", "ConfigMap", "configmaps"),
    Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
    Kind("v1", "Service", "services"),
    Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    Kind("batch/v1", "Job", "jobs"),
    Kind("batch/v1", "CronJob", "cronjobs"),
    Kind("apps/v1", "StatefulSet", "statefulsets"),
    Kind("apps/v1", "DaemonSet", "daemonsets"),
    Kind("apps/v1", "Deployment", "deployments"),
    Kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    Kind("networking.k8s.io/v1", "Ingress", "ingresses"),
)
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _APPLIED}
"""what is applied, in the order in which it is: what pods need comes before them"""
POD: Final = Kind("v1", "Pod", "pods")
CONTROLLERS: Final = frozenset({"Job", "StatefulSet", "DaemonSet", "Deployment"})
"""kinds whose pods are instances, or work that has to be done first"""


def inside(item: Object, *keys: str) -> Object:
    """The object below these keys; an empty one where there is none, or something else."""
    found: Any = item
    for key in keys:
        found = cast("Object", found).get(key) if isinstance(found, dict) else None
    return cast("Object", found) if isinstance(found, dict) else {}


def listed(item: Object, *keys: str) -> list[Object]:
    """The objects of the list below these keys; what is no object is left out."""
    found: Any = inside(item, *keys[:-1]).get(keys[-1])
    if not isinstance(found, list):
        return []
    return [cast("Object", one) for one in cast("list[object]", found) if isinstance(one, dict)]


def text_of(item: Object, *keys: str) -> str:
    """The text below these keys, "" where there is none; a number is one, too."""
    found: Any = inside(item, *keys[:-1]).get(keys[-1])
    return str(found) if isinstance(found, str | int) else ""


def count_of(item: Object, *keys: str, default: int = 0) -> int:
    """The whole number below these keys."""
    found: Any = inside(item, *keys[:-1]).get(keys[-1])
    return found if isinstance(found, int) else default


def name_of(item: Object) -> str:
    """`metadata.name`."""
    return text_of(item, "metadata", "name")


def kind_of(item: Object) -> str:
    """`kind`."""
    return text_of(item, "kind")


def version_of(item: Object) -> str:
    """`metadata.resourceVersion`: opaque, equal or not."""
    return text_of(item, "metadata", "resourceVersion")


def label_of(item: Object, key: str) -> str:
    """A label, "" where there is none."""
    return text_of(item, "metadata", "labels", key)


def annotation_of(item: Object, key: str) -> str:
    """An annotation, "" where there is none."""
    return text_of(item, "metadata", "annotations", key)


def annotate(item: Object, values: Mapping[str, str]) -> None:
    """Set annotations of an object or a template that is ours to change."""
    metadata: Object = item.setdefault("metadata", {})
    metadata["annotations"] = {**inside(metadata, "annotations"), **values}


def label(item: Object, values: Mapping[str, str]) -> None:
    """Set labels, likewise."""
    metadata: Object = item.setdefault("metadata", {})
    metadata["labels"] = {**inside(metadata, "labels"), **values}


def template_of(item: Object) -> Object | None:
    """The pod template of a controller, None of what runs no pods.

    A kind of somebody's own has one where Deployments do, if it holds containers.
    """
    spec = inside(item, "spec")
    if kind_of(item) == "CronJob":
        spec = inside(spec, "jobTemplate", "spec")
    template = inside(spec, "template")
    if is_own(item) and not listed(template, "spec", "containers"):
        return None
    return template or None


def is_own(item: Object) -> bool:
    """Whether it is of a kind that is not among those of every cluster."""
    return kind_of(item) not in KINDS and kind_of(item) != POD.name


def runs_pods(item: Object) -> bool:
    """Whether the pods of an object are instances, or work that has to be done first."""
    return kind_of(item) in CONTROLLERS or (is_own(item) and template_of(item) is not None)


def containers_of(pod: Object) -> Iterator[Object]:
    """The containers of a pod or of a template, those that run before them first."""
    for key in ("initContainers", "containers"):
        yield from listed(pod, "spec", key)


def container_of(pod: Object, name: str) -> Object:
    """The container of that name; an empty object where there is none."""
    empty: Object = {}
    return next((one for one in containers_of(pod) if text_of(one, "name") == name), empty)


def conditions_of(item: Object) -> Mapping[str, Object]:
    """Type -> condition of an object's status."""
    return {text_of(one, "type"): one for one in listed(item, "status", "conditions")}


def instant_of(text: object) -> Instant:
    """A time as the API writes it; 0.0 where it is none."""
    if not isinstance(text, str):
        return 0.0
    try:
        return dt.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0


def canonical(item: object) -> str:
    """JSON that is the same for equal objects."""
    return json.dumps(item, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of_object(item: object) -> str:
    """32 hex digits that identify an object's content."""
    return hashlib.sha256(canonical(item).encode(errors="surrogatepass")).hexdigest()[:32]
