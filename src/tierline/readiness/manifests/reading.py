"""A service's Kubernetes manifests, read once for every gate that asks; judges nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from tierline.frozen import frozen
from tierline.mesh.defect import Defect, Place
from tierline.mesh.k8s import Manifest, is_manifest, read_manifests, together
from tierline.mesh.k8s_model import Container, Manifests, Settings
from tierline.mesh.k8s_value import word
from tierline.mesh.source import Source
from tierline.mesh.tree import Kind
from tierline.readiness.facts import ServiceFacts

_KUSTOMIZE = "kustomize.config.k8s.io/"
_KEPT = 4
"""services whose manifests are kept: gates that judge one after another ask for the same"""


@frozen
class ServiceManifests:
    """Every object of `deploy/k8s`, in the order of files and documents, and what no YAML allows.

    `declared` holds the same objects by what they are. `unread` are files, as shown, of which
    nothing is known: their content is missing or no YAML.
    """

    objects: tuple[Manifest, ...] = ()
    declared: Manifests = Manifests()
    unread: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()


def manifests_of(facts: ServiceFacts) -> ServiceManifests:
    """What a service deploys. The same facts asked again soon are not parsed again."""
    paths = sorted(path for path in facts.files if is_manifest(path))
    entries = ((path, facts.files[path]) for path in paths)
    files = tuple(
        (facts.shown(path), entry.content if entry.kind is Kind.FILE else None)
        for path, entry in entries
    )
    return _read(facts.service.service_id, files)


def is_object(manifest: Manifest) -> bool:
    """Whether it is meant for a cluster: what kustomize reads itself is not."""
    return not word(manifest.node, "apiVersion").startswith(_KUSTOMIZE)


def variables_of(found: Manifests) -> Mapping[str, Place]:
    """Variable -> where a manifest defines it: of containers themselves and of whole ConfigMaps.

    What a whole Secret, or a ConfigMap of another place, defines is not known.
    """
    named: dict[str, Place] = {}
    settings = {one.name: one for one in found.settings}
    for controller in found.controllers:
        for container in controller.containers:
            for name, place in _of_container(container, settings):
                named.setdefault(name, place)
    return named


def _of_container(
    container: Container, settings: Mapping[str, Settings]
) -> Iterator[tuple[str, Place]]:
    for variable in container.variables:
        yield variable.name, variable.place
    for reference in container.references:
        given = None if reference.mounted else settings.get(reference.name)
        if given is not None and given.kind.lower() == reference.kind:
            yield from ((key.name, key.place) for key in given.keys)


@lru_cache(maxsize=_KEPT)
def _read(service_id: str, files: tuple[tuple[str, bytes | None], ...]) -> ServiceManifests:
    objects: list[Manifest] = []
    unread: list[str] = []
    defects: list[Defect] = []
    for shown, content in files:
        found = None
        if content is not None:
            source = Source(shown, "manifests", service_id)
            found, _ = read_manifests(content, source)
            defects += source.defects
        if found is None:
            unread.append(shown)
        objects += found or ()
    declared = together(one.declares for one in objects)
    return ServiceManifests(tuple(objects), declared, tuple(unread), tuple(defects))
