"""Simulated nodes: annotations of a pod say when it is ready, or what fails."""

from __future__ import annotations

from typing import Any

import pytest

from kubernetes_bed import Cluster, wait_for

from .objects import deployment

IMAGE = f"registry.example/any@sha256:{'1' * 64}"
FATES = {
    "never-ready": ("Running", "running", None),
    "crash-loop": ("Running", "waiting", "CrashLoopBackOff"),
    "image-missing": ("Pending", "waiting", "ImagePullBackOff"),
}


def annotated(name: str, annotations: dict[str, str]) -> dict[str, Any]:
    """The deployment, with annotations on its pods."""
    made = deployment(name, IMAGE)
    made["spec"]["template"]["metadata"]["annotations"] = annotations
    return made


def pod(cluster: Cluster, namespace: str, name: str) -> dict[str, Any]:
    """The status of the one pod of a deployment; empty before there is one."""
    pods = cluster.get("pods", "-l", f"app={name}", "-n", namespace)["items"]
    return pods[0]["status"] if pods else {}


def test_a_pod_is_ready_with_the_digest_that_it_names(simulated: Cluster) -> None:
    with simulated.namespace() as namespace:
        simulated.apply(namespace, annotated("fast", {}))
        simulated.kubectl("rollout", "status", "deployment/fast", "-n", namespace)
        (container,) = pod(simulated, namespace, "fast")["containerStatuses"]
        assert (container["imageID"], container["ready"]) == (IMAGE, True)


def test_a_pod_is_ready_no_sooner_than_it_says(simulated: Cluster) -> None:
    with simulated.namespace() as namespace:
        simulated.apply(namespace, annotated("slow", {"tierline.test/ready-after": "60s"}))
        simulated.apply(namespace, annotated("fast", {}))
        simulated.kubectl("rollout", "status", "deployment/fast", "-n", namespace)
        assert pod(simulated, namespace, "slow")["phase"] == "Pending"


@pytest.mark.parametrize("fate", FATES)
def test_a_pod_has_the_fate_that_it_says(simulated: Cluster, fate: str) -> None:
    phase, state, reason = FATES[fate]
    with simulated.namespace() as namespace:
        simulated.apply(namespace, annotated("one", {"tierline.test/fate": fate}))
        wait_for(lambda: "containerStatuses" in pod(simulated, namespace, "one"))
        seen = pod(simulated, namespace, "one")
        (container,) = seen["containerStatuses"]
    assert (seen["phase"], container["ready"]) == (phase, False)
    assert container["state"][state].get("reason") == reason
