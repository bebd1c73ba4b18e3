"""What manifests of an environment are judged by: its cluster, and what the mesh's own folder declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh.k8s import Manifest, read_manifests
from tierline.mesh.k8s_model import Settings
from tierline.mesh.k8s_value import word
from tierline.mesh.node import ListNode, MapNode, Scalar
from tierline.mesh.source import Source
from tierline.mesh.tree import Kind, Tree
from tierline.policy.model import Policy

FOLDER = "environments/k8s/"
ASSUMED_MINOR = 35
"""the minor version of Kubernetes 1 that an environment counts as where its policy names none"""

_GENERATED = (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret"))


@frozen
class Cluster:
    """`minor` is the version's (1.35: 35); `namespace` "" where the policy names none.

    `registries` empty: images may come from anywhere. `kinds` are those that the policy allows
    beyond the usual ones. `config_maps` maps those of `environments/k8s` to their keys, None where
    only kustomize knows them; `secrets` are names that the policy or that folder vouches for.
    """

    minor: int = ASSUMED_MINOR
    namespace: str = ""
    registries: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    config_maps: Mapping[str, tuple[str, ...] | None] = field(
        default_factory=dict[str, tuple[str, ...] | None]
    )
    secrets: tuple[str, ...] = ()


def cluster_of(tree: Tree, policy: Policy) -> Cluster:
    """The cluster of a policy's environment, with what `environments/k8s` of `tree` declares."""
    config_maps: dict[str, tuple[str, ...] | None] = {}
    secrets = list(policy.secrets)
    for manifest in _shared(tree):
        declared = manifest.declares
        if isinstance(declared, Settings):
            keys = tuple(sorted(key.name for key in declared.keys))
            if declared.kind == "ConfigMap":
                config_maps[declared.name] = keys
            else:
                secrets.append(declared.name)
        for kind, name in _generated(manifest.node):
            if kind == "ConfigMap":
                config_maps[name] = None
            else:
                secrets.append(name)
    minor = int(policy.kubernetes.partition(".")[2] or ASSUMED_MINOR)
    return Cluster(
        minor,
        policy.namespace,
        policy.trust.registries,
        policy.trust.kinds,
        config_maps,
        tuple(dict.fromkeys(secrets)),
    )


def is_shared(path: str) -> bool:
    """Whether a path of the mesh may declare something for all of its services."""
    return path.startswith(FOLDER) and path.endswith((".yaml", ".yml"))


def _shared(tree: Tree) -> Iterator[Manifest]:
    for path, entry in tree.entries.items():
        if is_shared(path) and entry.kind is Kind.FILE and entry.content is not None:
            shown = tree.shown(path)
            found, _ = read_manifests(entry.content, Source(shown, "manifests"))
            yield from found or ()


def _generated(node: MapNode) -> Iterator[tuple[str, str]]:
    """What kustomize makes: kind and name."""
    if word(node, "kind") != "Kustomization":
        return
    for key, kind in _GENERATED:
        listed = node.value(key)
        for item in listed.items if isinstance(listed, ListNode) else ():
            name = item.value("name") if isinstance(item, MapNode) else None
            if isinstance(name, Scalar) and not name.empty:
                yield kind, name.text
