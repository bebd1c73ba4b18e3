"""The images of a mesh's services: what they are built from is told, and they run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from beds.kube.images import REVISION
from beds.kube.mesh_images import push_all

from kubernetes_bed import Cluster
from tierline.evidence.images import read_images
from tierline.evidence.load import load_mesh
from tierline.evidence.sources import Sources

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
