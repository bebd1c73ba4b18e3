"""The image of a small Go service, and kubectl without a cluster."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from beds.builds import programs
from beds.kube import bed, versions
from beds.kube.images import Image, Recipe, make
from beds.kube.mesh_images import push_all

from e2e.kubernetes.shop import MESH, Shop, a_shop
from kubernetes_bed import REQUIRE, Cluster, cannot_have


@pytest.fixture(scope="session")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image of a service that says its name, and asks others when told to."""
    program = tmp_path_factory.mktemp("answering") / "answering"
    subprocess.run(
        ["go", "build", "-ldflags", "-s -w", "-o", program, "main.go"],
        cwd=Path(__file__).parent / "answering",
        env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"},
        check=True,
    )
    return make(Recipe({"/answering": program}, ["/answering"]))


@pytest.fixture(scope="session")
def kubectl() -> Path:
    """The kubectl of the beds; it takes no bed."""
    reason = cannot_have(bed.Wanted(node=False))
    if reason and os.environ.get(REQUIRE):
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)
    return programs(versions.module(), ["kubectl"])["kubectl"]


@pytest.fixture(scope="session")
def images(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of the Go mesh's images, in the cluster's registry."""
    file = tmp_path_factory.mktemp("images") / "images.json"
    file.write_text(json.dumps(push_all(MESH, cluster.facts["registry"])))
    return file


@pytest.fixture
def shop(cluster: Cluster, images: Path, tmp_path: Path) -> Generator[Shop]:
    """A shop of one test's own."""
    with a_shop(cluster, images, tmp_path) as made:
        yield made
