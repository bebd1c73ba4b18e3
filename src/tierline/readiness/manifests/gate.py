"""The row of the gate manifests; its judges are imported when the first manifest is judged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tierline.mesh.defect import Defect
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness import late
from tierline.readiness.facts import GateFacts
from tierline.readiness.gate import Gate


def _judge(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterable[Defect]:
    from tierline.readiness.manifests.between import judge_objects  # noqa: PLC0415 - see above
    from tierline.readiness.manifests.judge import judge_cluster  # noqa: PLC0415 - see above
    from tierline.readiness.manifests.promised import judge_promised  # noqa: PLC0415 - see above

    return (
        *judge_cluster(mesh, policy),
        *judge_objects(mesh, facts, policy),
        *judge_promised(mesh, facts, policy),
    )


MANIFESTS_GATE: Final = Gate(
    "manifests",
    "Kubernetes manifests",
    "What a cluster refuses, or runs unprobed, is better known before the release.",
    "deploy/k8s/*.yaml of every service, its configuration, contracts/openapi, environments/k8s, and of the policy "
    "the cluster's version, namespace, registries, kinds and Secrets",
    "Every object is of a kind that the cluster's version serves, with only fields that it has, as "
    "with strict field validation. Names and labels are allowed ones. Selectors pick pods; ports "
    "lead from Service to container to configuration; ConfigMaps and their keys exist. No two "
    "services declare one object. Autoscaler "
    "and disruption budget fit the workload. Containers have probes that can be answered, at paths "
    "that the service's OpenAPI documents, its configuration or its sources name, requests and a "
    "memory limit, an image that is pinned, and no privileges beyond the restricted Pod Security "
    "Standard. Secrets are named, not written down. Manifests are judged as they are: "
    "overlays are not applied.",
    _judge,
    late.judge("manifests.judge", "judge_manifests"),
)
