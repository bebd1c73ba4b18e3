"""The gate manifests: judges what one service deploys, and what is known of the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.mesh.defect import Defect, Place
from tierline.mesh.k8s import FOLDER
from tierline.mesh.model import Mesh
from tierline.policy.model import EnvironmentKind, Policy
from tierline.readiness.cluster import ASSUMED_MINOR
from tierline.readiness.facts import ServiceFacts
from tierline.readiness.manifests.deployed import Deployed
from tierline.readiness.manifests.kinds import judge_kinds
from tierline.readiness.manifests.names import judge_names
from tierline.readiness.manifests.reading import manifests_of
from tierline.readiness.manifests.references import judge_references
from tierline.readiness.manifests.running import judge_running
from tierline.readiness.manifests.safety import judge_safety
from tierline.readiness.manifests.scaling import judge_scaling
from tierline.readiness.manifests.schemas import NEWEST, OLDEST
from tierline.readiness.manifests.workloads import judge_workloads

_JUDGES = (
    judge_kinds,
    judge_names,
    judge_workloads,
    judge_references,
    judge_scaling,
    judge_running,
    judge_safety,
)


def judge_manifests(facts: ServiceFacts) -> Iterator[Defect]:
    """What is wrong with the manifests of a service; a file that cannot be read is told once."""
    if not facts.service.path:
        return
    read = manifests_of(facts)
    name = facts.service.service_id
    yield from read.defects
    told = {defect.place.path for defect in read.defects}
    for path in read.unread:
        if path not in told:
            fix = "make it a regular file that this user may read"
            yield Defect("manifests/unreadable", "cannot be read", Place(path), fix, name)
    if not read.objects and not read.unread:
        folder = facts.shown(FOLDER)
        yield Defect("manifests/not-judged", f"no manifest in {folder}", Place(folder), "", name)
        return
    deployed = Deployed(facts, read)
    for judge in _JUDGES:
        judge(deployed)
    yield from deployed.defects()


def judge_cluster(mesh: Mesh, policy: Policy) -> Iterator[Defect]:
    """Whether the version by which manifests are judged is the cluster's."""
    known = f"1.{OLDEST} to 1.{NEWEST}"
    place = Place(mesh.label)
    if not policy.kubernetes:
        if policy.kind is not EnvironmentKind.LOCAL:
            message = f"nobody says which Kubernetes {policy.environment} runs; judged by 1.{ASSUMED_MINOR}"
            fix = f'write kubernetes = "1.{ASSUMED_MINOR}" below [environments.{policy.environment}] of the policy file'
            yield Defect("manifests/version-assumed", message, place, fix)
    elif not OLDEST <= int(policy.kubernetes.partition(".")[2]) <= NEWEST:
        message = f"Kubernetes {policy.kubernetes} is not known here; known are {known}"
        yield Defect("manifests/version-unknown", message, place, "use a tierline that knows it")
