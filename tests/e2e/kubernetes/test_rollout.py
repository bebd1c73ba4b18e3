"""The Go mesh on a real node: rolled out to GO, killed in between, held with the right reason."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import textwrap
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from beds.kube.mesh_images import push_all

from kubernetes_bed import Cluster

MESH = Path(__file__).resolve().parents[2] / "meshes" / "go-mesh" / "mesh"
DEPLOYMENT = "services/platform-ops/M05-registry-service/deploy/k8s/deployment.yaml"
PORT = 14319


@dataclass(frozen=True)
class Shop:
    """A checkout of the mesh and an environment in a namespace of its own."""

    cluster: Cluster
    root: Path
    namespace: str
    images: Path
    home: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        names = {f"XDG_{n}_HOME": str(self.home / n.lower()) for n in ("STATE", "CACHE")}
        given = {
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "TIERLINE_POLICY": str(self.home / "policy.toml"),
            "TIERLINE_ENV": "bed",
        }
        return subprocess.Popen(
            ["tierline", *words, "--root-path", self.root],
            env={**os.environ, **names, **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, code: int, *words: str) -> str:
        process = self.start(*words)
        out, said = process.communicate(timeout=400)
        assert process.returncode == code, f"{out}\n{said}"
        return out

    def roll_out(self, code: int, *words: str) -> Any:
        given = ("--images", str(self.images), "--yes", "--format", "json")
        return json.loads(self.run(code, "rollout", *words, *given))

    def edit(self, path: str, was: str, now: str) -> None:
        text = (self.root / path).read_text()
        assert was in text
        (self.root / path).write_text(text.replace(was, now))


@pytest.fixture(scope="module")
def images(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of the mesh's images."""
    file = tmp_path_factory.mktemp("images") / "images.json"
    file.write_text(json.dumps(push_all(MESH, cluster.facts["registry"])))
    return file


@pytest.fixture
def shop(cluster: Cluster, images: Path, tmp_path: Path) -> Generator[Shop]:
    root, home = tmp_path / "mesh", tmp_path / "h"
    shutil.copytree(MESH, root)
    for name in ("state", "cache", "run"):
        (home / name).mkdir(mode=0o700, parents=True)
    with cluster.namespace() as namespace:
        (home / "policy.toml").write_text(f"""\
version = 1
[environments.bed]
kind = "local"
target = "kubernetes"
kubeconfig = "{cluster.kubeconfig}"
namespace = "{namespace}"
telemetry = "{cluster.facts["outside"]}:{PORT}"
[environments.bed.limits]
verify_seconds = 90
""")
        yield Shop(cluster, root, namespace, images, home)


def why(report: Any) -> str:
    """All that a report says of what did not pass."""
    return json.dumps(report)


def test_the_mesh_is_go_and_everything_is_asked_for_real(shop: Shop) -> None:
    """Its own settings require logs, metrics and traces of every service."""
    report = shop.roll_out(0)
    assert report["decision"] == "GO"
    assert "M03-Billing-Service api is up" in shop.run(0, "logs", "M03")
    shop.run(0, "verify", "M04", "--images", str(shop.images), "--format", "json")
    again = shop.roll_out(0)
    assert again["decision"] == "GO"
    names = {
        one["metadata"]["name"] for one in shop.cluster.get("pods", "-n", shop.namespace)["items"]
    }
    assert len(names) >= 12


def test_killed_in_the_middle_it_goes_on_and_starts_nothing_twice(shop: Shop) -> None:
    given = ("rollout", "M01 M05", "--images", str(shop.images), "--yes")
    killed = shop.start(*given)
    until(lambda: len(shop.cluster.get("deployments", "-n", shop.namespace)["items"]) >= 2)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    assert shop.roll_out(0, "M01 M05")["decision"] == "GO"
    sets = shop.cluster.get("replicasets", "-n", shop.namespace)["items"]
    assert len(sets) == 4, "each of the four controllers has made one set of pods, and no other"


def test_the_documented_rights_are_enough(shop: Shop) -> None:
    """A service account with exactly the Role that docs/kubernetes.md shows."""
    page = (Path(__file__).resolve().parents[3] / "docs/kubernetes.md").read_text()
    rules = "rules:" + page.partition("    rules:")[2]
    role = yaml.safe_load(textwrap.dedent(rules.replace("\n    ", "\n")))
    about = {"name": "releaser", "namespace": shop.namespace}
    api = "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", **about}
    named = {"apiGroup": api, "kind": "Role", "name": "releaser"}
    shop.cluster.apply(
        shop.namespace,
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about},
        {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": about, **role},
        {"apiVersion": f"{api}/v1", "kind": "RoleBinding", "metadata": about,
         "roleRef": named, "subjects": [subject]},
    )  # fmt: skip
    token = shop.cluster.kubectl("-n", shop.namespace, "create", "token", "releaser").strip()
    config = yaml.safe_load(shop.cluster.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": token}
    (shop.home / "kubeconfig").write_text(yaml.safe_dump(config))
    policy = shop.home / "policy.toml"
    policy.write_text(policy.read_text().replace(str(shop.cluster.kubeconfig), "kubeconfig"))
    assert shop.roll_out(0, "M05")["decision"] == "GO"
    assert "is up" in shop.run(0, "logs", "M05")


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("envFrom:", "env: [{name: DATA_DIR, value: /proc/x}]\n          envFrom:",
         "exits at once with code 1: M05-Registry-Service api cannot start: mkdir /proc/x"),
        ("name: m05-registry-service\n          readinessProbe",
         "name: nowhere\n          readinessProbe", "start/config"),
        ("ports:\n            - name: http", "command: [/nothing]\n          ports:\n            - name: http",
         "exec: \\\"/nothing\\\""),
        ("cpu: 20m", "cpu: 900", "start/unschedulable"),
    ],
    ids=["crash", "config", "command", "room"],
)  # fmt: skip
def test_what_will_never_run_is_told_with_its_reason(
    shop: Shop, was: str, now: str, told: str
) -> None:
    shop.edit(DEPLOYMENT, was, now)
    began = time.monotonic()
    assert told in why(shop.roll_out(4, "M05"))
    assert time.monotonic() - began < 80, "long before its limit of 90 s"


def test_a_missing_image_and_a_quota_are_told(shop: Shop) -> None:
    table = json.loads(shop.images.read_text())
    entry = table["images"]["go-mesh/m05-registry-service"]
    entry["reference"] = entry["reference"][:-8] + "00000000"
    missing = shop.home / "images.json"
    missing.write_text(json.dumps(table))
    report = Shop(shop.cluster, shop.root, shop.namespace, missing, shop.home).roll_out(4, "M05")
    assert "start/image" in why(report)
    shop.cluster.kubectl("-n", shop.namespace, "create", "quota", "none", "--hard=pods=0")
    assert "start/quota" in why(shop.roll_out(4, "M06", "--supersedes", "latest"))
