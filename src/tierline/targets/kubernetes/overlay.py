"""What an overlay makes of services' objects, and whose each of its objects is; knows no files.

An object is a service's by the mark that it went in with, which an overlay keeps, whatever name or
prefix it gives; else by its label; else because the pods of one service alone read it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tierline.frozen import frozen
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.objects import (
    Object,
    annotate,
    annotation_of,
    inside,
    kind_of,
    label_of,
    name_of,
    template_of,
    text_of,
)
from tierline.targets.kubernetes.references import config_maps

KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
ADDED = "tierline-services.yaml"
"""the file by which services' objects get into an overlay that does not take them in itself"""
_OF = f"{marks.PREFIX}of"


@frozen
class Overlaid:
    """The objects of each service as the overlay has them, and those of no service."""

    services: Mapping[str, tuple[Object, ...]]
    loose: tuple[Object, ...] = ()


def marked(objects: Iterable[Object], service_id: str) -> tuple[Object, ...]:
    """Copies that say whose they are."""
    made = tuple(copy.deepcopy(one) for one in objects)
    for item in made:
        annotate(item, {_OF: service_id})
    return made


def taking_in(kustomization: Object) -> Object:
    """The kustomization with the file of services' objects among what it takes in."""
    resources = kustomization.get("resources")
    listed = [str(one) for one in resources] if isinstance(resources, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - of whatever is written there
    return {**kustomization, "resources": [*listed, ADDED]}


def replaced(own: Mapping[str, Sequence[Object]], over: Iterable[Object]) -> Overlaid:
    """An overlay of plain manifests: each takes the place of what has its kind and name, or is new."""
    places = {
        (kind_of(one), name_of(one)): name for name, objects in own.items() for one in objects
    }
    coming = [(one, places.get((kind_of(one), name_of(one)), "")) for one in over]
    gone = {(kind_of(one), name_of(one)) for one, _ in coming}
    kept = [
        item
        for name, objects in own.items()
        for item in marked(objects, name)
        if (kind_of(item), name_of(item)) not in gone
    ]
    new = [marked([one], name)[0] if name else one for one, name in coming]
    return sorted_out([*kept, *new])


def sorted_out(objects: Iterable[Object]) -> Overlaid:
    """Which objects are whose; marks are taken off."""
    services: dict[str, list[Object]] = {}
    without: list[Object] = []
    for item in objects:
        whose = _whose(item)
        if whose:
            services.setdefault(whose, []).append(_plain(item))
        else:
            without.append(item)
    readers = _readers(services)
    loose: list[Object] = []
    for item in without:
        asking = readers.get(name_of(item), set()) if kind_of(item) == "ConfigMap" else set[str]()
        if len(asking) == 1:
            services[next(iter(asking))].append(item)
        else:
            loose.append(item)
    return Overlaid({name: tuple(found) for name, found in services.items()}, tuple(loose))


def _whose(item: Object) -> str:
    return annotation_of(item, _OF) or label_of(item, marks.SERVICE)


def _plain(item: Object) -> Object:
    annotations = inside(item, "metadata", "annotations")
    if text_of(annotations, _OF):
        del annotations[_OF]
    if not annotations:
        inside(item, "metadata").pop("annotations", None)
    return item


def _readers(services: Mapping[str, Iterable[Object]]) -> Mapping[str, set[str]]:
    """Name of a ConfigMap -> the services whose pods read it."""
    found: dict[str, set[str]] = {}
    for service_id, objects in services.items():
        for name in _read_by(objects):
            found.setdefault(name, set()).add(service_id)
    return found


def _read_by(objects: Iterable[Object]) -> Iterator[str]:
    for item in objects:
        template = template_of(item)
        if template is not None:
            yield from config_maps(template)
