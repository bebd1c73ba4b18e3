"""Is an object of a kind that the cluster serves and the policy allows, with fields that exist?"""

from __future__ import annotations

from typing import Final

from tierline.mesh.clean import clean
from tierline.mesh.k8s import Manifest
from tierline.mesh.k8s_value import word
from tierline.mesh.names import nearest
from tierline.readiness.manifests import schemas
from tierline.readiness.manifests.conform import conform
from tierline.readiness.manifests.deployed import Deployed, inner, titled
from tierline.readiness.manifests.reading import is_object

ALLOWED: Final = frozenset({
    "ConfigMap", "CronJob", "DaemonSet", "Deployment", "Endpoints", "EndpointSlice",
    "HorizontalPodAutoscaler", "Ingress", "Job", "NetworkPolicy", "PersistentVolumeClaim", "Pod",
    "PodDisruptionBudget", "ReplicaSet", "Secret", "Service", "ServiceAccount", "StatefulSet",
})  # fmt: skip
"""kinds of which a service may have objects without being asked: none of them gives rights"""
CLUSTER_WIDE: Final = frozenset({
    "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole",
    "ClusterRoleBinding", "ClusterTrustBundle", "CustomResourceDefinition", "DeviceClass",
    "FlowSchema", "IPAddress", "IngressClass", "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "Namespace", "Node",
    "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "ResourceSlice",
    "RuntimeClass", "ServiceCIDR", "StorageClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment",
    "VolumeAttributesClass",
})  # fmt: skip


def judge_kinds(deployed: Deployed) -> None:
    """Kind, fields, namespace of every object, and none of them twice."""
    seen: dict[tuple[str, str], Manifest] = {}
    for manifest in filter(is_object, deployed.read.objects):
        _kind(manifest, deployed)
        _namespace(manifest, deployed)
        name = word(inner(manifest.node, "metadata"), "name")
        key = (word(manifest.node, "kind"), name)
        if name and key in seen:
            first = seen[key]
            where = f"{first.path}:{first.node.line}"
            message = f"{titled(manifest)} again (first in {where})"
            deployed.tell(
                "object-twice", message, manifest.path, manifest.node, "keep one of the two"
            )
        seen.setdefault(key, manifest)


def _kind(manifest: Manifest, deployed: Deployed) -> None:
    node = manifest.node
    api_version, kind = word(node, "apiVersion"), word(node, "kind")
    if not api_version or not kind:
        missing = "`apiVersion`" if kind else "`kind`"
        message = f"{titled(manifest)}: no {missing}"
        deployed.tell("missing-key", message, manifest.path, node, "say what kind of object it is")
        return
    served = schemas.schemas_of(deployed.cluster.minor)
    type_name = served.type_of(api_version, kind)
    if type_name is not None:
        for trouble in conform(node, type_name, served):
            message = f"{titled(manifest)}: {trouble.message}"
            deployed.tell(trouble.slug, message, manifest.path, trouble.at, trouble.fix)
        _unsettled(manifest, api_version, deployed)
    elif _is_custom(api_version):
        if kind not in deployed.cluster.kinds:
            message = f"{titled(manifest)}: what {clean(api_version)} demands is not known here"
            at = node.value("apiVersion") or node
            deployed.tell("custom-kind", message, manifest.path, at)
        return
    else:
        _not_served(manifest, served, deployed)
    if kind not in ALLOWED.union(deployed.cluster.kinds) and kind in served.kinds():
        where = "is for the whole cluster" if kind in CLUSTER_WIDE else "may give rights to others"
        message = f"{titled(manifest)}: a {clean(kind)} {where}, and the policy does not allow it"
        deployed.tell("kind-not-allowed", message, manifest.path, node.value("kind") or node)


def _is_custom(api_version: str) -> bool:
    """Whether a kind is one that somebody has added to the cluster."""
    group, slash, _ = api_version.partition("/")
    return bool(slash) and "." in group and group not in schemas.own_groups()


def _not_served(manifest: Manifest, served: schemas.Schemas, deployed: Deployed) -> None:
    node = manifest.node
    api_version, kind = word(node, "apiVersion"), word(node, "kind")
    version = f"Kubernetes 1.{served.minor}"
    at = node.value("apiVersion") or node
    others = served.versions_with(kind)
    if others:
        fact = f"{version} does not serve {clean(kind)} as {clean(api_version)}"
        last = schemas.last_served(api_version, kind)
        first = schemas.first_served(api_version, kind)
        if first is not None and first > served.minor:
            fact += f" (from 1.{first} on)"
        elif last is not None:
            fact += f" (up to 1.{last})"
        fix = f"write apiVersion: {others[0]}"
    else:
        fact = f"{version} has no kind {clean(kind)} in {clean(api_version)}"
        at = node.value("kind") or node
        close = nearest(kind, served.kinds())
        fix = f"did you mean {' or '.join(close)}?" if close else "correct apiVersion and kind"
    deployed.tell("no-such-kind", f"{titled(manifest)}: {fact}", manifest.path, at, fix)


def _unsettled(manifest: Manifest, api_version: str, deployed: Deployed) -> None:
    for stage in ("alpha", "beta"):
        if stage in api_version.rpartition("/")[2]:
            message = f"{titled(manifest)}: {clean(api_version)} is {stage}, which clusters do not serve unless told to"  # fmt: skip
            at = manifest.node.value("apiVersion") or manifest.node
            deployed.tell("unsettled-api", message, manifest.path, at)


def _namespace(manifest: Manifest, deployed: Deployed) -> None:
    metadata = inner(manifest.node, "metadata")
    found, wanted = word(metadata, "namespace"), deployed.cluster.namespace
    if metadata is not None and found and wanted and found != wanted:
        message = (
            f"{titled(manifest)} is for namespace {clean(found)}, and the environment's is {wanted}"
        )
        at = metadata.value("namespace") or metadata
        deployed.tell("other-namespace", message, manifest.path, at)
