"""What of a service is deployed: images, probes, resources; what is missing is a finding."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.context.documents import count
from tierline.context.facts import Facts
from tierline.context.model import Image
from tierline.mesh.compose import PATH as COMPOSE
from tierline.mesh.compose import Composed, parse_compose
from tierline.mesh.defect import Place
from tierline.mesh.image import pin_of
from tierline.mesh.k8s import FOLDER, Object, is_manifest, parse_manifest, together
from tierline.mesh.k8s_model import Container, Controller, Manifests
from tierline.mesh.model import Service


def manifests_of(service: Service, facts: Facts) -> Manifests | None:
    """Everything in its deploy/k8s; None where there is no manifest at all."""
    if not service.path:
        return None
    name = service.service_id
    base = f"{service.path}/"
    files = facts.lookup.files(service.path)
    paths = sorted(base + path for path in files if is_manifest(path))
    objects: list[Object] = []
    for path in paths:
        found = facts.inputs.parsed(
            path,
            "manifests",
            lambda content, shown: parse_manifest(content, shown, name),
            lambda found: [f"{type_of(one)} {one.name}".rstrip() for one in found],
            name,
        )
        objects += found or ()
    if not paths:
        facts.inputs.absent(f"{base}{FOLDER}", "it has no Kubernetes manifest", name)
        return None
    manifests = together(objects)
    for controller in manifests.controllers:
        _judge(controller, facts, name)
    return manifests


def type_of(one: Object) -> str:
    """The kind of an object, as its manifest names it."""
    kinds = {"Exposure": "Service", "Autoscaler": "HPA", "Budget": "PDB"}
    kind = getattr(one, "kind", "")
    return kind or kinds[type(one).__name__]


def compose_of(service: Service, facts: Facts) -> tuple[Composed, ...] | None:
    """The services of its Compose file; None where it cannot be read."""
    if not service.path:
        return None
    name = service.service_id
    return facts.inputs.parsed(
        f"{service.path}/{COMPOSE}",
        "compose",
        lambda content, shown: parse_compose(content, shown, name),
        lambda found: [count(len(found), "service"), *(one.name for one in found)],
        name,
    )


def images_of(
    service: Service,
    manifests: Manifests | None,
    compose: tuple[Composed, ...] | None,
    facts: Facts,
) -> tuple[Image, ...]:
    """Every image by which it is deployed; one whose tag moves is a finding."""
    found = [*_of_kubernetes(manifests), *_of_compose(compose)]
    for image in found:
        where = f"{image.by}, {image.workload}"
        if image.pin == "moving":
            message = f"{image.reference} ({where}) has a tag that moves"
            facts.inputs.remark("moving-image", message, image.place, "", service.service_id)
        elif image.pin == "none":
            told = "an image that is none" if image.reference else "no image"
            message = f"{image.workload or 'a workload'} ({image.by}) names {told}"
            facts.inputs.remark("no-image", message, image.place, "", service.service_id)
    return tuple(found)


def _of_kubernetes(manifests: Manifests | None) -> Iterator[Image]:
    for controller in manifests.controllers if manifests else ():
        for one in controller.containers:
            reference = one.image or ""
            yield Image(
                reference,
                pin_of(reference),
                "kubernetes",
                controller.name,
                one.name,
                one.image_place,
            )


def _of_compose(compose: tuple[Composed, ...] | None) -> Iterator[Image]:
    for one in compose or ():
        if one.image is not None or not one.built:
            reference = one.image or ""
            yield Image(reference, pin_of(reference), "compose", one.name, "", one.image_place)


def _judge(controller: Controller, facts: Facts, service_id: str) -> None:
    """What a container that stays does not say of itself."""
    if controller.kind in {"Job", "CronJob"}:
        return
    for one in controller.containers:
        if one.init:
            continue
        told = f"{controller.kind} {controller.name}, container {one.name or '?'}"
        missing = [k for k in ("readiness", "liveness") if k not in {p.kind for p in one.probes}]
        _remark("no-probe", f"{told}: no {' and no '.join(missing)} probe", missing, one.place, facts, service_id)  # fmt: skip
        lacking = list(_unsaid(one))
        _remark("no-resources", f"{told}: no {', no '.join(lacking)}", lacking, one.place, facts, service_id)  # fmt: skip


def _unsaid(one: Container) -> Iterator[str]:
    if not one.requests:
        yield "requests"
    if "memory" not in one.limits:
        yield "memory limit" if one.limits else "limits"


def _remark(
    slug: str, message: str, missing: list[str], place: Place, facts: Facts, service_id: str
) -> None:
    if missing:
        facts.inputs.remark(slug, message, place, "", service_id)
