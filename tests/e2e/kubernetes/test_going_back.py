"""Going back on a real node: images and objects of before return, and what was new goes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from beds.kube.mesh_images import push_all

from e2e import retreat
from e2e.kubernetes.shop import bed_policy
from e2e.rollout.field import Field
from kubernetes_bed import Cluster
from tierline.scaffold.demo import write_demo

PORT = 14321
EXTRA = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: m02-of-before}
data: {told: "yes"}
"""
MORE = EXTRA.replace("before", "now")


@dataclass(frozen=True)
class OnCluster(Field):
    """The demo mesh in a namespace; each release is of images that are built from it as it is."""

    cluster: Cluster | None = None
    namespace: str = ""

    @property
    def environ(self) -> dict[str, str]:
        """What every command gets."""
        told = {"TIERLINE_ENV": "bed", "TIERLINE_POLICY": str(self.base / "policy.toml")}
        return {**super().environ, **told}

    @property
    def mesh(self) -> Path:
        """The mesh itself."""
        return self.folder / "mesh"

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Build, push, and begin."""
        assert self.cluster is not None
        images = self.base / "images.json"
        images.write_text(json.dumps(push_all(self.mesh, self.cluster.facts["registry"])))
        given = ("--images", str(images), "--yes", "--format", "json")
        return self.start("rollout", retreat.SELECTION, *given, *words)

    def release(self, *words: str) -> tuple[int, dict[str, Any]]:
        """To its end."""
        process = self.begin(*words)
        out, said = process.communicate(timeout=300)
        assert out, said
        return process.returncode, json.loads(out)

    def running(self) -> dict[str, str]:
        """By what the pods are labelled, not by what tierline says: service -> image."""
        assert self.cluster is not None
        pods = self.cluster.get("pods", "-n", self.namespace)["items"]
        alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        return {
            pod["metadata"]["labels"]["tierline.dev/service"]: pod["spec"]["containers"][0]["image"]
            for pod in alive
        }

    def objects(self) -> set[str]:
        """Kind and name of what there is of M02 besides pods."""
        assert self.cluster is not None
        kinds = "configmaps,poddisruptionbudgets,horizontalpodautoscalers,services,deployments"
        chosen = ("-l", f"tierline.dev/service={retreat.M02}", "-o", "name")
        return set(self.cluster.kubectl("get", kinds, "-n", self.namespace, *chosen).split())


def be_quick(mesh: Path) -> None:
    """Pods of two that are replaced one after the other are asked every second, and have the time."""
    toml = mesh / "tierline.toml"
    toml.write_text(toml.read_text().replace("verify_seconds = 15\n", ""))
    for file in mesh.glob("services/*/*/deploy/k8s/deployment.yaml"):
        probe = "          readinessProbe:\n"
        text = file.read_text().replace(probe, probe + "            periodSeconds: 1\n")
        file.write_text(text)


def manifests(place: OnCluster) -> Path:
    """The folder of M02's."""
    return next(place.mesh.glob("services/*/M02*/deploy/k8s"))


@pytest.fixture(scope="module")
def place(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Generator[OnCluster]:
    """The demo mesh, released once with a failure in its last batch, and then mended."""
    base = tmp_path_factory.mktemp("back")
    with cluster.namespace() as namespace:
        found = OnCluster(base / "demo", base, cluster=cluster, namespace=namespace)
        write_demo(found.folder)
        be_quick(found.mesh)
        policy = bed_policy(cluster, namespace, PORT, on_failure="rollback")
        (base / "policy.toml").write_text(policy)
        manifests(found).joinpath("extra.yaml").write_text(EXTRA)
        retreat.what_never_ran_is_stopped(found)
        yield found


def test_images_and_objects_of_before_return_also_after_kill_9(place: OnCluster) -> None:
    before = place.objects()
    manifests(place).joinpath("extra.yaml").unlink()
    manifests(place).joinpath("more.yaml").write_text(MORE)
    retreat.one_is_taken_along_also_after_kill_9(place)
    assert place.objects() == before
    assert "configmap/m02-of-before" in before


def test_a_destructive_migration_is_refused_with_the_chain(place: OnCluster) -> None:
    retreat.a_destructive_migration_keeps_it(place)
