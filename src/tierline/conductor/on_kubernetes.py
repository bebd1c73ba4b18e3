"""Wires an environment on Kubernetes: what a checkout renders to, what it ships, its target."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tierline.errors import UsageError
from tierline.evidence.content import Content
from tierline.facts.instant import Instant
from tierline.facts.revision import Revision
from tierline.mesh.k8s import FOLDER, is_manifest
from tierline.policy.model import EnvironmentKind
from tierline.targets.asking.openapi import find_openapi, safe_paths
from tierline.targets.kubernetes.bundles import Bundles
from tierline.targets.kubernetes.configuration import configured
from tierline.targets.kubernetes.objects import Object
from tierline.targets.kubernetes.preparing import Preparation, Ready
from tierline.targets.kubernetes.reading import objects_in
from tierline.targets.kubernetes.rendering import Placement, Rendered, Trouble, render

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.mesh.model import Service
    from tierline.targets.kubernetes.target import KubernetesTarget
    from tierline.targets.local.paths import Folders

_LARGEST = 1 << 20


class Checkout:
    """Renders the services of a workspace for its environment; each is read when it is asked for."""

    def __init__(self, workspace: Workspace) -> None:
        policy = workspace.policy
        self._workspace = workspace
        self._content = Content.below(workspace.root)
        self._place = Placement(
            mesh_label(workspace),
            policy.environment,
            policy.namespace,
            workspace.images,
            policy.trust.registries,
        )

    def rendered(self, service_id: str) -> Rendered:
        """The objects of a service."""
        service = self._workspace.mesh.services[service_id]
        objects, unread = self._objects(service)
        found = render(service_id, (w.name for w in service.workloads), objects, self._place)
        if not unread:
            return found
        troubles = tuple(Trouble("manifest/unread", f"{path} is no YAML") for path in unread)
        return Rendered(service_id, found.objects, (*troubles, *found.troubles), found.sources)

    def ready(self, service_id: str) -> Ready:
        """The same with what goes along."""
        service = self._workspace.mesh.services[service_id]
        return Ready(self.rendered(service_id), service.owners, self._safe_paths(service))

    def _objects(self, service: Service) -> tuple[list[Object], list[str]]:
        objects: list[Object] = []
        unread: list[str] = []
        paths = self._content.files(f"{service.path}/{FOLDER}") if service.path else ()
        for path in paths:
            if is_manifest(path.removeprefix(f"{service.path}/")):
                content = self._content.read(path, _LARGEST)
                found = None if content is None else objects_in(content, path)
                if found is None:
                    unread.append(path)
                objects += found or ()
        return objects, unread

    def _safe_paths(self, service: Service) -> tuple[str, ...]:
        folder = service.path.rpartition("/")[2]
        file = find_openapi(self._workspace.root, service.service_id, folder)
        if file is None:
            return ()
        return safe_paths(file.read_text(encoding="utf-8", errors="replace"), file.name)


def shipped_to_cluster(
    workspace: Workspace, found: Mapping[str, Revision]
) -> Mapping[str, Revision]:
    """The revisions with what a cluster would get as their configuration."""
    checkout, sourced = Checkout(workspace), needs_sources(workspace)
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


def open_kubernetes(
    workspace: Workspace, folders: Folders, now: Callable[[], Instant]
) -> KubernetesTarget:
    """The target of an environment on Kubernetes. UsageError where its policy lacks a namespace."""
    from tierline.targets.kubernetes.kubeconfig import reach  # noqa: PLC0415 - seldom needed
    from tierline.targets.kubernetes.target import KubernetesTarget, Site  # noqa: PLC0415 - the same
    from tierline.targets.kubernetes.telemetry import Telemetry  # noqa: PLC0415 - the same

    policy = workspace.policy
    if not policy.namespace:
        raise UsageError(
            f"the policy names no namespace for {policy.environment}",
            code="usage/target",
            fix=f"give namespace in [environments.{policy.environment}] of the policy file",
        )
    access = policy.access
    site = Site(
        reach(access.kubeconfig, policy.context, os.environ),
        policy.namespace,
        mesh_label(workspace),
        policy.environment,
        now,
        access.exec_plugins,
        access.take_over,
        f"http://{access.telemetry}" if access.telemetry else "",
    )
    told = Telemetry(access.telemetry, folders.state / "telemetry.db", now)
    bundles = Bundles(folders.state / "kubernetes")
    preparation = Preparation(Checkout(workspace), bundles, sourced=needs_sources(workspace))
    return KubernetesTarget(site, bundles, preparation, told if access.telemetry else None)
