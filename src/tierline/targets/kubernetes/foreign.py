"""What other tools have rolled out, known again by the manifests' own identity; knows no cluster.

Such objects have no labels of ours. In the view, and nowhere else, they get those that they would
have, so that everything else judges them like our own. Nothing of them is changed in the cluster.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.asking.promised import Promised
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.objects import (
    POD,
    Object,
    annotate,
    container_of,
    inside,
    instant_of,
    kind_of,
    label,
    label_of,
    listed,
    name_of,
    text_of,
)

ANOTHER = "another"
"""the revision of what is known not to be as planned"""


@frozen
class Brought:
    """A service that others have rolled out: their field managers, who answers for it, how it stands.

    `revision` is the planned one where everything is as its manifests say, ANOTHER where something
    is not, "" where nobody can tell; `why` says it.
    """

    service_id: str
    managers: tuple[str, ...]
    revision: str
    why: str = ""
    owners: tuple[str, ...] = ()
    safe_paths: tuple[str, ...] = ()
    promised: Promised | None = None


@frozen
class Runner:
    """A controller as its manifests are rendered, by whose selector its pods are known.

    `settings_at` is when a ConfigMap that its pods read was last changed.
    """

    service_id: str
    kind: str
    name: str
    selector: Mapping[str, str]
    workload: str
    container: str
    image: str
    settings_at: Instant = 0.0


@frozen
class Foreign:
    """All that others have brought of the services that are looked at, in one mesh and environment.

    `places` are kinds and names of their objects, `rules` say when those of a mesh's own kinds are ready.
    """

    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    services: Mapping[str, Brought] = field(default_factory=dict[str, Brought])
    places: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    runners: tuple[Runner, ...] = ()
    rules: Mapping[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    @property
    def managers(self) -> Mapping[str, tuple[str, ...]]:
        """Service -> the field managers that have brought it."""
        return {name: one.managers for name, one in self.services.items()}

    def known(self, item: Object) -> Object | None:
        """The object with the labels by which services are known; None for what is nobody's here."""
        if label_of(item, marks.MESH):
            ours = all(label_of(item, key) == value for key, value in self.labels.items())
            return item if ours else None
        if kind_of(item) == POD.name:
            runner = next((one for one in self.runners if _runs(one, item)), None)
            return None if runner is None else self._pod(item, runner)
        service_id = self.places.get((kind_of(item), name_of(item)))
        if service_id is None:
            return None
        made = copy.deepcopy(item)
        label(made, {**self.labels, marks.SERVICE: service_id})
        rule = self.rules.get((kind_of(item), name_of(item)))
        if rule:
            annotate(made, {marks.READY: rule})
        return made

    def _pod(self, pod: Object, runner: Runner) -> Object:
        made = copy.deepcopy(pod)
        label(made, {
            **self.labels, marks.SERVICE: runner.service_id, marks.WORKLOAD: runner.workload,
        })  # fmt: skip
        brought = self.services[runner.service_id]
        image, revision, doubt = self._told(pod, runner, brought)
        annotate(made, {
            marks.CONTAINER: runner.container, marks.IMAGE: image, marks.REVISION: revision,
            marks.DOUBT: doubt,
        })  # fmt: skip
        return made

    def _told(self, pod: Object, runner: Runner, brought: Brought) -> tuple[str, str, str]:
        """The image that its revision goes with, that revision, and why it is not the planned one."""
        image = text_of(container_of(pod, runner.container), "image")
        if image != runner.image:
            runs = _digest(_image_id(pod, runner.container))
            if not runs:
                return image, "", f"which image {image} stands for there is not known"
            if runs != _digest(runner.image):
                return image, ANOTHER, f"image {image} is {runs[:19]} there"
        started = instant_of(text_of(pod, "status", "startTime"))
        if not brought.why and started < runner.settings_at:
            return image, "", "a ConfigMap that it reads was changed after it started"
        return image, brought.revision, brought.why


def settings_at(config_maps: Sequence[Object]) -> Instant:
    """When any of them was last changed, as their managers' entries say."""
    entries = (one for each in config_maps for one in listed(each, "metadata", "managedFields"))
    return max((instant_of(text_of(one, "time")) for one in entries), default=0.0)


def managers_of(item: Object) -> tuple[str, ...]:
    """Who has brought an object: all field managers but those that write what became of it."""
    found = (
        text_of(one, "manager")
        for one in listed(item, "metadata", "managedFields")
        if not text_of(one, "subresource")
    )
    return tuple(dict.fromkeys(name for name in found if name not in _CONTROLLERS))


_CONTROLLERS = frozenset({"kube-controller-manager", "kubelet", marks.MANAGER})


_POD = ("dnsConfig", "hostAliases", "hostNetwork", "securityContext")
_BOX = ("command", "args", "envFrom", "lifecycle", "securityContext", "workingDir")
"""what changes how a pod and a container of it run, and has no value unless somebody gives one"""


def beyond(wanted: Object, there: Object) -> tuple[str, ...]:
    """What is there and shapes the service, and what its manifests do not have: paths."""
    if kind_of(wanted) == "ConfigMap":
        return tuple(
            f"{part}.{key}"
            for part in ("binaryData", "data")
            for key in sorted(inside(there, part).keys() - inside(wanted, part).keys())
        )
    pod = ("spec", "template", "spec")
    found = _only_there(inside(wanted, *pod), inside(there, *pod), ".".join(pod), _POD)
    for group in ("initContainers", "containers"):
        spec = (*pod, group)
        known = {text_of(one, "name"): one for one in listed(wanted, *spec)}
        for box in listed(there, *spec):
            name = text_of(box, "name")
            path = f"{'.'.join(spec)}[{name}]"
            found += _beyond_box(known[name], box, path) if name in known else [path]
    return tuple(sorted(found))


def _beyond_box(wanted: Object, there: Object, path: str) -> list[str]:
    found: list[str] = []
    for part, key in (("env", "name"), ("volumeMounts", "mountPath")):
        names = {text_of(one, key) for one in listed(wanted, part)}
        extra = [text_of(one, key) for one in listed(there, part)]
        found += [f"{path}.{part}[{name}]" for name in extra if name not in names]
    return found + _only_there(wanted, there, path, _BOX)


def _only_there(wanted: Object, there: Object, path: str, keys: Iterable[str]) -> list[str]:
    return [f"{path}.{key}" for key in keys if there.get(key) and not wanted.get(key)]


def _runs(runner: Runner, pod: Object) -> bool:
    """Whether a pod is the controller's: by its selector, and by who owns it."""
    if not runner.selector or any(label_of(pod, k) != v for k, v in runner.selector.items()):
        return False
    owners = [one for one in listed(pod, "metadata", "ownerReferences") if one.get("controller")]
    if runner.kind == "Deployment":
        return any(
            text_of(one, "kind") == "ReplicaSet"
            and name_of({"metadata": one}).rpartition("-")[0] == runner.name
            for one in owners
        )
    return any(
        (text_of(one, "kind"), text_of(one, "name")) == (runner.kind, runner.name) for one in owners
    )


def _image_id(pod: Object, container: str) -> str:
    statuses = listed(pod, "status", "containerStatuses")
    return next((text_of(o, "imageID") for o in statuses if text_of(o, "name") == container), "")


def _digest(reference: str) -> str:
    return reference.rpartition("@")[2] if "@sha256:" in reference else ""
