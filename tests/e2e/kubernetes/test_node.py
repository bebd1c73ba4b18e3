"""The real node of a bed: pods run, are found by name, say what they do, and are reached."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import httpx2
import pytest
from beds.kube.images import Image
from beds.kube.prometheus import scrape

from kubernetes_bed import Cluster, wait_for

from .objects import deployment, service


@pytest.fixture(scope="module")
def reference(cluster: Cluster, answering: Image) -> str:
    """The small service's image, as the registry has it."""
    return cluster.push("answering", answering, tag="1.0.0")


@pytest.fixture(scope="module")
def two_services(cluster: Cluster, reference: str) -> Generator[str]:
    """A namespace where `one` runs twice and `two` once, all ready."""
    with cluster.namespace() as namespace:
        objects = (deployment("one", reference, replicas=2), deployment("two", reference))
        cluster.apply(namespace, *objects, service("one"), service("two"))
        for name in ("one", "two"):
            cluster.kubectl("rollout", "status", f"deployment/{name}", "-n", namespace)
        yield namespace


def asked(cluster: Cluster, namespace: str, service: str, path: str = "/") -> str:
    """What a service answers through the API server's proxy."""
    place = f"/api/v1/namespaces/{namespace}/services/{service}:80/proxy{path}"
    return cluster.kubectl("get", "--raw", place).strip()


def test_pods_run_the_image_that_the_digest_names(
    cluster: Cluster, two_services: str, reference: str
) -> None:
    pods = cluster.get("pods", "-n", two_services)["items"]
    seen = {status["imageID"] for pod in pods for status in pod["status"]["containerStatuses"]}
    assert (len(pods), seen) == (3, {reference})


def test_a_service_is_reached_through_the_api(cluster: Cluster, two_services: str) -> None:
    assert asked(cluster, two_services, "one") == "one"


@pytest.mark.parametrize("name", ["two", "two.{namespace}", "two.{namespace}.svc.cluster.local"])
def test_a_pod_finds_a_service_by_name(cluster: Cluster, two_services: str, name: str) -> None:
    url = f"http://{name.format(namespace=two_services)}/"
    assert asked(cluster, two_services, "one", f"/ask?url={url}") == "two"


def test_a_pod_reaches_itself_by_the_name_of_its_service(
    cluster: Cluster, two_services: str
) -> None:
    assert asked(cluster, two_services, "two", "/ask?url=http://two/") == "two"


def test_what_a_pod_says_is_kept(cluster: Cluster, two_services: str) -> None:
    said = cluster.kubectl("logs", "deployment/two", "-n", two_services)
    assert said.endswith("two listens\n")


def test_an_image_that_is_not_there_is_told(cluster: Cluster, reference: str) -> None:
    missing = f"{reference.partition('@')[0]}@sha256:{'0' * 64}"
    with cluster.namespace() as namespace:
        cluster.apply(namespace, deployment("gone", missing))
        wait_for(lambda: bool(reasons(cluster, namespace)))
        (reason,) = reasons(cluster, namespace)
    assert reason in {"ErrImagePull", "ImagePullBackOff"}


def test_prometheus_scrapes_pods(cluster: Cluster, two_services: str) -> None:
    pods = cluster.get("pods", "-l", "app=one", "-n", two_services)["items"]
    addresses = [f"{pod['status']['podIP']}:8080" for pod in pods]
    scrape(cluster.folder, two_services, addresses, {"namespace": two_services})
    query = {"query": f'answers_total{{namespace="{two_services}"}}'}

    def samples() -> list[Any]:
        answer = httpx2.get(f"{cluster.facts['prometheus']}/api/v1/query", params=query)
        return answer.json()["data"]["result"]

    wait_for(lambda: len(samples()) == 2)
    assert {sample["value"][1] for sample in samples()} == {"42"}
    assert {sample["metric"]["instance"] for sample in samples()} == set(addresses)
    scrape(cluster.folder, two_services, [], {})


def reasons(cluster: Cluster, namespace: str) -> set[str]:
    """Why containers of the namespace wait, other than for being made."""
    pods = cluster.get("pods", "-n", namespace)["items"]
    statuses = [s for pod in pods for s in pod["status"].get("containerStatuses", [])]
    waiting = {s["state"].get("waiting", {}).get("reason", "") for s in statuses}
    return waiting - {"", "ContainerCreating"}
