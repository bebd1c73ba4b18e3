"""Wires an environment on Kubernetes: what a checkout renders to, what it ships, its target."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tierline.conductor.images import Images
from tierline.conductor.overlays import Manifests
from tierline.errors import UsageError
from tierline.evidence.content import Content
from tierline.facts.instant import Instant
from tierline.facts.revision import Revision
from tierline.policy.model import EnvironmentKind
from tierline.registry_login.docker_config import read_logins
from tierline.targets.asking.openapi import safe_paths
from tierline.targets.asking.promised import promised
from tierline.targets.keeping import Keeping
from tierline.targets.kubernetes.bundles import Bundles
from tierline.targets.kubernetes.configuration import configured
from tierline.targets.kubernetes.preparing import Preparation, Ready
from tierline.targets.kubernetes.rendering import Placement, Rendered, image_names, render

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.targets.kubernetes.foreign import Foreign
    from tierline.targets.kubernetes.target import KubernetesTarget, Site
    from tierline.targets.local.paths import Folders


class Checkout:
    """Renders the services of a workspace for its environment; each is read when it is asked for."""

    def __init__(self, workspace: Workspace) -> None:
        policy = workspace.policy
        self._workspace = workspace
        content = Content.below(workspace.root)
        self.manifests = Manifests(workspace.root, content, workspace.mesh.services, policy)
        self._images = Images(
            workspace.images,
            workspace.image_tag,
            policy,
            lambda: read_logins(os.environ, workspace.root),
        )
        self._place = Placement(
            mesh_label(workspace),
            policy.environment,
            policy.namespace,
            workspace.images,
            policy.trust.registries,
            policy.shipping.values,
            workspace.mesh.settings.kinds,
            frozenset(policy.trust.kinds),
        )

    def rendered(self, service_id: str) -> Rendered:
        """The objects of a service."""
        service = self._workspace.mesh.services[service_id]
        given = self.manifests.of(service_id)
        images, unfound = self._images.of(image_names(given.objects))
        workloads = (w.name for w in service.workloads)
        place = replace(self._place, images=images)
        found = render(service_id, workloads, given.objects, place)
        troubles = (*given.troubles, *unfound)
        if not troubles:
            return found
        return Rendered(service_id, found.objects, (*troubles, *found.troubles), found.sources)

    def foresee(self, services: Iterable[str]) -> None:
        """Ask registries for the images of services side by side, before they are rendered one by one."""
        given = (self.manifests.of(name) for name in services)
        self._images.of(name for one in given for name in image_names(one.objects))

    def ready(self, service_id: str) -> Ready:
        """The same with what goes along."""
        service = self._workspace.mesh.services[service_id]
        told = promised(self._workspace.root, service_id, service.path)
        contract = told.contract
        paths = (
            safe_paths(contract.content.decode(errors="replace"), contract.path) if contract else ()
        )
        return Ready(self.rendered(service_id), service.owners, paths, told)


def shipped_to_cluster(
    workspace: Workspace, found: Mapping[str, Revision]
) -> Mapping[str, Revision]:
    """The revisions with what a cluster would get as their configuration."""
    checkout, sourced = Checkout(workspace), needs_sources(workspace)
    if workspace.image_tag:
        checkout.foresee(found)
    return {
        name: configured(revision, checkout.rendered(name), sourced=sourced)
        for name, revision in found.items()
    }


def needs_sources(workspace: Workspace) -> bool:
    """Whether an image whose source nobody knows may not ship."""
    return workspace.policy.kind is not EnvironmentKind.LOCAL


def mesh_label(workspace: Workspace) -> str:
    """The mesh's name as a label can hold it."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", workspace.mesh.name).strip("-_.")
    return plain[:60].rstrip("-_.") or "mesh"


def site_of(workspace: Workspace, now: Callable[[], Instant]) -> Site:
    """Where the environment is. UsageError where its policy lacks a namespace."""
    from tierline.targets.kubernetes.kubeconfig import reach  # noqa: PLC0415 - seldom needed
    from tierline.targets.kubernetes.target import Site  # noqa: PLC0415 - the same

    policy = workspace.policy
    if not policy.namespace:
        raise UsageError(
            f"the policy names no namespace for {policy.environment}",
            code="usage/target",
            fix=f"give namespace in [environments.{policy.environment}] of the policy file",
        )
    access = policy.access
    return Site(
        reach(access.kubeconfig, policy.context, os.environ),
        policy.namespace,
        mesh_label(workspace),
        policy.environment,
        now,
        access.exec_plugins,
        access.take_over,
        f"http://{access.telemetry}" if access.telemetry else "",
        access.status_only,
        tuple(workspace.mesh.settings.kinds),
        read_logins(os.environ, workspace.root),
    )


def open_kubernetes(
    workspace: Workspace,
    folders: Folders,
    now: Callable[[], Instant],
    foreign: Foreign | None = None,
) -> KubernetesTarget:
    """The target of an environment on Kubernetes. UsageError where its policy lacks a namespace."""
    from tierline.targets.kubernetes.target import KubernetesTarget  # noqa: PLC0415 - seldom needed
    from tierline.targets.kubernetes.telemetry import Telemetry  # noqa: PLC0415 - the same

    access = workspace.policy.access
    site = replace(site_of(workspace, now), foreign=foreign)
    told = Telemetry(access.telemetry, folders.state / "telemetry.db", now)
    bundles = Bundles(
        folders.state / "kubernetes", Keeping(workspace.policy.keeping.kept_revisions)
    )
    preparation = Preparation(Checkout(workspace), bundles, sourced=needs_sources(workspace))
    return KubernetesTarget(site, bundles, preparation, told if access.telemetry else None)
