"""What several services declare alike: one object of a cluster belongs to one service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.k8s_value import word
from tierline.mesh.model import Mesh
from tierline.mesh.names import short_id
from tierline.policy.model import Policy
from tierline.readiness.compose.composition import Declared
from tierline.readiness.facts import GateFacts, ServiceFacts, facts_of_services
from tierline.readiness.manifests.deployed import inner
from tierline.readiness.manifests.reading import is_object, manifests_of

_NAMED = 3
"""other services that a finding names"""


def objects_of(facts: ServiceFacts) -> tuple[Declared, ...]:
    """What a service declares in a cluster, each object once."""
    found: dict[str, Declared] = {}
    for manifest in filter(is_object, manifests_of(facts).objects):
        metadata = inner(manifest.node, "metadata")
        name, namespace = word(metadata, "name"), word(metadata, "namespace")
        if name:
            key = f"{word(manifest.node, 'kind')} {namespace}{'/' if namespace else ''}{name}"
            found.setdefault(key, (key, manifest.path, manifest.node.line))
    return tuple(found.values())


def judge_objects(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """A finding for each service that declares an object which another declares, too."""
    holders: dict[str, list[tuple[str, Declared]]] = {}
    for service_id, objects in _objects(mesh, facts, policy).items():
        for one in objects:
            holders.setdefault(one[0], []).append((service_id, one))
    for key, held in holders.items():
        for service_id, (_, path, line) in held if len(held) > 1 else ():
            others = [short_id(other) for other, _ in held if other != service_id]
            more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            message = f"{clean(key, 120)} is declared by {', '.join(others[:_NAMED])}{more}, too"
            fix = "give it to one service, or another name"
            yield Defect("manifests/object-twice", message, Place(path, line), fix, service_id)


def _objects(mesh: Mesh, facts: GateFacts, policy: Policy) -> Mapping[str, tuple[Declared, ...]]:
    """Those of each service; nothing where somebody judged services and kept nothing of this."""
    if facts.composed is not None:
        return {name: one.objects for name, one in facts.composed.items()}
    if facts.judged is not None:
        return {}
    each = facts_of_services(mesh, facts.tree, policy)
    return {one.service.service_id: objects_of(one) for one in each}
