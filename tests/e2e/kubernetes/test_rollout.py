"""The Go mesh on a real node: rolled out to GO, killed in between, released anew by its overlay."""

from __future__ import annotations

import json
import os
import signal
import textwrap
from pathlib import Path

import pytest
import yaml

from e2e.kubernetes.shop import DEPLOYMENT, Shop
from kubernetes_bed import wait_for


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
    wait_for(lambda: len(shop.cluster.get("deployments", "-n", shop.namespace)["items"]) >= 2)
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


OVERLAY = """\
generatorOptions: {disableNameSuffixHash: true}
configMapGenerator:
  - {name: m05-registry-service, behavior: merge, literals: [API_TOKEN=hunter2]}
"""


def test_a_change_of_the_overlay_alone_is_a_release_that_diff_tells(
    shop: Shop, kubectl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the revision no longer has is told and removed; what no service declares is told."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{kubectl.parent}")
    images = ("--images", str(shop.images))
    extra = (shop.root / DEPLOYMENT).with_name("extra.yaml")
    extra.write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: m05-extra}}")
    assert shop.roll_out(0, "M05")["decision"] == "GO"
    still = json.loads(shop.run(0, "diff", "M05", *images, "--format", "json"))
    assert {one["change"] for one in still["services"][0]["objects"]} == {"same"}
    folder = shop.root / "environments/k8s/overlays/bed"
    folder.mkdir()
    (folder / "kustomization.yaml").write_text(OVERLAY)
    extra.unlink()
    _, said = shop.start("plan", "M05", *images).communicate(timeout=60)
    removed = "M05-Registry-Service: ConfigMap m05-extra"
    assert f"would remove from namespace {shop.namespace}" in said
    assert removed in said
    labels = ("mesh=mesh", "environment=bed", "service=M99-Gone")
    shop.cluster.kubectl("-n", shop.namespace, "create", "configmap", "old")
    shop.cluster.kubectl("-n", shop.namespace, "label", "configmap", "old",
                         *(f"tierline.dev/{one}" for one in labels))  # fmt: skip
    tried = shop.run(0, "rollout", "M05", *images, "--dry-run=server", "--format", "json")
    found = json.loads(tried)
    assert found["orphans"] == [{"service_id": "M99-Gone", "kind": "ConfigMap", "name": "old"}]
    changed = {
        (one["kind"], one["change"]): one["fields"]
        for one in found["services"][0]["objects"]
        if one["change"] != "same"
    }
    assert changed.keys() == {
        ("ConfigMap", "change"), ("Deployment", "change"), ("ConfigMap", "remove"),
    }  # fmt: skip
    (token,) = changed["ConfigMap", "change"]
    assert token["path"] == "data.API_TOKEN"
    assert token["after"].startswith("sha256:")
    assert shop.roll_out(0, "M05")["decision"] == "GO"
    have = shop.cluster.get("configmaps", "-n", shop.namespace)["items"]
    held = {one["metadata"]["name"]: one for one in have}
    assert held["m05-registry-service"]["data"]["API_TOKEN"] == "hunter2"
    assert "m05-extra" not in held
    report = json.loads(shop.run(0, "verify", "M05", *images, "--format", "json"))
    assert "an orphan" in json.dumps(report["follow_up"])
