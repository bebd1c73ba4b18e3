"""The images of a mesh's services: what they are built from is told, and they run."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from beds.kube.images import REVISION, Image
from beds.kube.mesh_images import push_all

from kubernetes_bed import Cluster
from made.token_registry import Answer, TokenRegistry, encoded, serving
from tierline.conductor.images import Images
from tierline.evidence.images import read_images
from tierline.evidence.load import load_mesh
from tierline.evidence.sources import Sources
from tierline.facts.images import Image as Known
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind, Shipping, Trust
from tierline.registry_login.docker_config import Logins, logins_in
from tierline.targets.kubernetes.registries import Registries

MESH = Path(__file__).resolve().parents[2] / "meshes" / "go-mesh" / "mesh"
BUS, NAME = "M06-Event-Relay-Service", "m06-event-relay-service"


@pytest.fixture(scope="module")
def pushed(cluster: Cluster) -> dict[str, Any]:
    """The map of the Go mesh's images, in the cluster's registry."""
    return push_all(MESH, cluster.facts["registry"])


def test_the_map_is_one_that_tierline_reads(pushed: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "images.json"
    file.write_text(json.dumps(pushed))
    images = read_images(file)
    mesh = load_mesh(MESH)
    assert len(images) == len(mesh.services)
    assert images[f"go-mesh/{NAME}"].source == Sources(MESH, mesh).revision(BUS).source_id


def test_an_image_says_what_it_was_built_from(pushed: dict[str, Any]) -> None:
    image = pushed["images"][f"go-mesh/{NAME}"]
    registry, _, digest = image["reference"].partition(f"/go-mesh/{NAME}@")
    place = f"http://{registry}/v2/go-mesh/{NAME}"
    configuration = httpx2.get(f"{place}/manifests/{digest}").json()["config"]["digest"]
    found = httpx2.get(f"{place}/blobs/{configuration}").json()
    assert found["config"]["Labels"] == {REVISION: image["source"]}


def test_a_registry_says_which_image_a_tag_stands_for_and_its_source(
    cluster: Cluster, pushed: dict[str, Any], answering: Image
) -> None:
    registry = cluster.facts["registry"]
    wanted = cluster.push("tagged/answering", answering, "1.2")
    policy = builtin("eu", EnvironmentKind.STAGING, "kubernetes")
    templated = replace(policy, shipping=Shipping(image=f"{registry}/tagged/{{name}}:{{tag}}"))
    known = pushed["images"][f"go-mesh/{NAME}"]
    given = {"bus": Known("bus", known["reference"])}
    found, troubles = Images(given, "1.2", templated, Logins).of(["answering", "bus", "nobody"])
    assert found["answering"].reference == wanted
    assert found["bus"].source == known["source"]
    assert [(one.code, one.unknown) for one in troubles] == [("image/not-pinned", True)]
    assert "the registry has no such image" in troubles[0].message
    trusting = replace(templated, trust=Trust(registries=("ghcr.io/acme",)))
    (refused,) = Images({}, "1.2", trusting, Logins).of(["answering"])[1]
    assert refused.code == "image/registry"
    assert Images({}, "", templated, Logins).of(["answering"]) == ({}, ())


def test_a_registry_with_a_login_is_asked_with_that_of_the_docker_configuration(
    cluster: Cluster, pushed: dict[str, Any]
) -> None:
    """The real registry behind a door that hands out tokens."""

    def behind(path: str) -> Answer:
        found = httpx2.get(f"http://{cluster.facts['registry']}{path}")
        return found.status_code, found.headers["content-type"], found.content

    known = pushed["images"][f"go-mesh/{NAME}"]
    with serving(TokenRegistry(behind)) as locked:
        login = json.dumps({"auths": {locked.address: encoded("ann:s3:cret")}}).encode()
        reference = f"{locked.address}/go-mesh/{NAME}@{known['reference'].rpartition('@')[2]}"
        trust = Trust(registries=(locked.address,))
        policy = replace(builtin("eu", EnvironmentKind.STAGING, "kubernetes"), trust=trust)
        given = {"bus": Known("bus", reference)}
        found, _ = Images(given, "", policy, lambda: logins_in(login)).of(["bus"])
        assert found["bus"].source == known["source"]
        assert Images(given, "", policy, Logins).of(["bus"])[0]["bus"].source == ""
        assert asyncio.run(Registries(logins_in(login)).have([reference]))


def test_the_same_sources_make_the_same_images(cluster: Cluster, pushed: dict[str, Any]) -> None:
    assert push_all(MESH, cluster.facts["registry"]) == pushed


def test_all_of_the_mesh_becomes_ready(cluster: Cluster, pushed: dict[str, Any]) -> None:
    wanted = ("configmap", "deployment", "worker-deployment", "service")
    files = [file for kind in wanted for file in MESH.glob(f"services/*/*/deploy/k8s/{kind}.yaml")]
    text = "---\n".join(file.read_text() for file in files)
    for name, image in pushed["images"].items():
        text = text.replace(f"{name}:1.0.0", image["reference"])
    with cluster.namespace() as namespace:
        cluster.kubectl("apply", "-n", namespace, "-f", "-", given=text)
        ready = ("wait", "deployment", "--all", "--for=condition=Available", "--timeout=100s")
        cluster.kubectl(*ready, "-n", namespace)
        place = f"/api/v1/namespaces/{namespace}/services/{NAME}:http/proxy/healthz"
        assert cluster.kubectl("get", "--raw", place) != ""
