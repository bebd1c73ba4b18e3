"""From a service's manifests to the objects of one environment: namespace, labels, pinned images.

Pure: the same manifests, images and place give the same objects, and so the same digest, which is the
configuration revision. What must not be applied is told, all of it at once.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from tierline.facts.images import Image, bare_name, is_pinned
from tierline.facts.revision import digest_of
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.image import is_from
from tierline.mesh.settings_kinds import KindRule
from tierline.targets.kubernetes import marks, rules
from tierline.targets.kubernetes.objects import (
    KINDS,
    Object,
    annotate,
    canonical,
    container_of,
    containers_of,
    digest_of_object,
    inside,
    is_own,
    kind_of,
    label,
    listed,
    name_of,
    runs_pods,
    template_of,
    text_of,
)
from tierline.targets.kubernetes.references import config_maps
from tierline.targets.kubernetes.workloads import Running, running_of

_LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_ORDER = {name: number for number, name in enumerate(KINDS)}


@frozen
class Placement:
    """Where objects go and what they may hold. `registries` empty: images may come from anywhere.

    `values` are what keys of ConfigMaps and variables of containers hold there instead. `kinds` are the
    mesh's own, as `group/version/Kind`, of which the policy has `allowed` those of these names.
    """

    mesh: str
    environment: str
    namespace: str
    images: Mapping[str, Image] = field(default_factory=dict[str, Image])
    registries: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    kinds: Mapping[str, KindRule] = field(default_factory=dict[str, KindRule])
    allowed: frozenset[str] = frozenset()


@frozen
class Trouble:
    """Why a service's manifests cannot be applied as they are. `unknown`: nobody can say what ships."""

    code: str
    message: str
    unknown: bool = False


@frozen
class Rendered:
    """The objects of a service in the order in which they are applied, and every trouble with them.

    `sources` maps the name of each image of a workload to the source revision that it was built
    from, "" where nobody says.
    """

    service_id: str
    objects: tuple[Object, ...]
    troubles: tuple[Trouble, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def digest(self) -> str:
        """The configuration revision: what identifies the objects."""
        return digest_of(canonical(item) for item in self.objects)


def render(
    service_id: str, workloads: Iterable[str], objects: Iterable[Object], place: Placement
) -> Rendered:
    """The objects of one service in one place; `workloads` are what the mesh declares of it."""
    rendering = _Rendering(service_id, tuple(workloads), place)
    for item in objects:
        rendering.take(copy.deepcopy(item))
    return rendering.finished()


def image_names(objects: Iterable[Object]) -> frozenset[str]:
    """What manifests call the images of their pods, without tag; those by digest need no answer."""
    templates = (template_of(one) for one in objects)
    found = (
        text_of(box, "image") for one in templates if one is not None for box in containers_of(one)
    )
    return frozenset(bare_name(image) for image in found if image and not is_pinned(image))


class _Rendering:
    def __init__(self, service_id: str, workloads: tuple[str, ...], place: Placement) -> None:
        self._service_id, self._workloads, self._place = service_id, workloads, place
        self._taken: list[Object] = []
        self._troubles: list[Trouble] = []
        self._sources: dict[str, str] = {}

    def take(self, item: Object) -> None:
        kind = kind_of(item)
        shown = f"{clean(kind or '?')} {clean(name_of(item) or '?')}"
        known, rule = KINDS.get(kind), self._rule(item)
        if kind == "Secret":
            self._tell(
                "manifest/secret",
                f"{shown}: a mesh holds no secrets; make it there by hand and refer to it",
            )
        elif rule is None and (known is None or item.get("apiVersion") != known.api_version):
            self._tell("manifest/kind", f"{shown}: {_not_applied(item)}")
        elif rule is not None and kind not in self._place.allowed:
            message = f"{shown}: the policy does not allow it; it would name {clean(kind)} in [trust] kinds"
            self._tell("manifest/kind", message)
        elif not name_of(item):
            self._tell("manifest/kind", f"{shown}: it has no name")
        else:
            self._placed(item, shown)
            if rule is not None:
                annotate(item, {marks.READY: rules.written(rule)})
            self._taken.append(item)

    def finished(self) -> Rendered:
        if not self._taken and not self._troubles:
            self._tell("manifest/none", "deploy/k8s holds no object to apply")
        if not _LABEL_VALUE.fullmatch(self._service_id):
            self._tell("manifest/kind", f"{clean(self._service_id)} cannot be the value of a label")
        self._twice()
        running = [self._run(item) for item in self._taken if runs_pods(item)]
        missing = sorted({*self._workloads} - {one.workload for one in running if one})
        if missing and not self._troubles:
            names = ", ".join(missing)
            self._tell(
                "manifest/no-workload",
                f"nothing in deploy/k8s runs {names}: name a container so, or add {missing[0]}-deployment.yaml",
            )
        self._leave_to_autoscalers()
        for item in self._taken:
            self._configured(item)
        self._taken.sort(key=lambda item: (_rank(item), kind_of(item), name_of(item)))
        return Rendered(self._service_id, tuple(self._taken), tuple(self._troubles), self._sources)

    def _rule(self, item: Object) -> KindRule | None:
        return self._place.kinds.get(f"{text_of(item, 'apiVersion')}/{kind_of(item)}")

    def _tell(self, code: str, message: str, *, unknown: bool = False) -> None:
        self._troubles.append(Trouble(code, message, unknown))

    def _placed(self, item: Object, shown: str) -> None:
        """Into the namespace, with our labels, without what only a cluster may say."""
        metadata = inside(item, "metadata")
        asked = text_of(metadata, "namespace")
        if asked not in {"", self._place.namespace}:
            message = (
                f"{shown} asks for namespace {clean(asked)},"
                f" and the environment's is {self._place.namespace}"
            )
            self._tell("manifest/namespace", message)
        kept = {
            key: metadata[key] for key in ("name", "labels", "annotations") if metadata.get(key)
        }
        item["metadata"] = {**kept, "namespace": self._place.namespace}
        item.pop("status", None)
        label(item, self._own_labels())
        if kind_of(item) == "ConfigMap":
            data = inside(item, "data")
            data.update({key: self._place.values[key] for key in data if key in self._place.values})

    def _own_labels(self) -> Mapping[str, str]:
        return {
            marks.MESH: self._place.mesh,
            marks.ENVIRONMENT: self._place.environment,
            marks.SERVICE: self._service_id,
        }

    def _twice(self) -> None:
        seen: set[tuple[str, str]] = set()
        for item in self._taken:
            key = (kind_of(item), name_of(item))
            if key in seen:
                self._tell("manifest/twice", f"{key[0]} {clean(key[1])} is there twice")
            seen.add(key)

    def _run(self, item: Object) -> Running | None:
        """Pins the images of a controller's pods, and marks which workload they are."""
        template = template_of(item)
        if template is None:
            self._tell("manifest/kind", f"{kind_of(item)} {clean(name_of(item))}: it has no pods")
            return None
        running = running_of(item, template, self._workloads)
        for container in containers_of(template):
            self._pin(container, item, is_workload=text_of(container, "name") == running.container)
            for one in listed(container, "env"):
                if "value" in one:
                    one["value"] = self._place.values.get(text_of(one, "name"), one["value"])
        label(template, self._own_labels())
        if running.workload:
            label(template, {marks.WORKLOAD: running.workload})
        image = text_of(container_of(template, running.container), "image")
        annotate(template, {marks.CONTAINER: running.container, marks.IMAGE: image})
        return running

    def _pin(self, container: Object, item: Object, *, is_workload: bool) -> None:
        name = bare_name(text_of(container, "image"))
        image = self._place.images.get(name)
        if image is not None:
            container["image"] = image.reference
        pinned, where = text_of(container, "image"), f"{kind_of(item)} {clean(name_of(item))}"
        if not is_pinned(pinned):
            message = f"{where}: no digest of image {clean(name or '?')} is known; give --images"
            self._tell("image/not-pinned", message, unknown=True)
            return
        if self._place.registries and not any(is_from(pinned, r) for r in self._place.registries):
            message = f"{where}: image {clean(bare_name(pinned))} is not from a registry that the policy trusts"
            self._tell("image/registry", message)
        if is_workload:
            self._sources[name] = image.source if image else ""

    def _leave_to_autoscalers(self) -> None:
        """How many replicas there are is an autoscaler's to say, where there is one."""
        scaled = {
            (
                text_of(one, "spec", "scaleTargetRef", "kind"),
                text_of(one, "spec", "scaleTargetRef", "name"),
            )
            for one in self._taken
            if kind_of(one) == "HorizontalPodAutoscaler"
        }
        for item in self._taken:
            if (kind_of(item), name_of(item)) in scaled:
                inside(item, "spec").pop("replicas", None)

    def _configured(self, item: Object) -> None:
        """A digest of the ConfigMaps that pods read, so that a change of one makes new pods."""
        template = template_of(item)
        if template is None:
            return
        maps = {name_of(one): one for one in self._taken if kind_of(one) == "ConfigMap"}
        read = sorted(set(config_maps(template)) & maps.keys())
        if read:
            told = digest_of(f"{name}={digest_of_object(_data(maps[name]))}" for name in read)
            template.setdefault("metadata", {}).setdefault("annotations", {})[
                marks.CONFIGURATION
            ] = told


def _rank(item: Object) -> int:
    """What pods need comes first, and of the mesh's own kinds all may be needed but what runs pods."""
    if is_own(item):
        return _ORDER["Deployment" if runs_pods(item) else "Service"]
    return _ORDER[kind_of(item)]


def _not_applied(item: Object) -> str:
    api_version, kind = clean(text_of(item, "apiVersion") or "?"), clean(kind_of(item) or "?")
    if kind in KINDS or "." not in api_version:
        return f"{api_version} is not applied for a service"
    table = f'[kubernetes.kinds."{api_version}/{kind}"]'
    return f"it is applied only where {table} of tierline.toml says when it is ready"


def _data(config_map: Object) -> Object:
    return {key: config_map.get(key) for key in ("data", "binaryData")}
