"""A kind that others have added to a cluster: applied, waited for by its rule, told as failed, pruned."""

from __future__ import annotations

import json
from typing import Any

from e2e.kubernetes.shop import DEPLOYMENT, Shop
from kubernetes_bed import wait_for

DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.io"},
    "spec": {
        "group": "example.io",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget"},
        "versions": [{
            "name": "v1",
            "served": True,
            "storage": True,
            "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": {
                "type": "object",
                "x-kubernetes-preserve-unknown-fields": True,
            }},
        }],
    },
}  # fmt: skip
SETTINGS = """
[kubernetes.kinds."example.io/v1/Widget"]
ready = { "status.conditions[Ready]" = "True" }
failed = { "status.phase" = "Failed" }
"""


def says(shop: Shop, status: dict[str, Any]) -> None:
    """What the kind's controller would write of the object as it is now."""
    generation = shop.cluster.get("widget", "w", "-n", shop.namespace)["metadata"]["generation"]
    told = json.dumps({"status": {"observedGeneration": generation, **status}})
    patch = ("patch", "widget", "w", "-n", shop.namespace, "--subresource=status")
    shop.cluster.kubectl(*patch, "--type=merge", "-p", told)


def test_a_kind_of_ones_own_is_done_by_its_rule_alone(shop: Shop) -> None:
    shop.cluster.apply(shop.namespace, DEFINITION)
    shop.cluster.kubectl("wait", "--for=condition=Established", "crd/widgets.example.io")
    with (shop.root / "tierline.toml").open("a") as settings:
        settings.write(SETTINGS)
    file = (shop.root / DEPLOYMENT).with_name("widget.yaml")
    file.write_text("{apiVersion: example.io/v1, kind: Widget, metadata: {name: w}, spec: {a: 1}}")
    given = ("rollout", "M05", "--images", str(shop.images), "--yes", "--format", "json")

    policy = shop.home / "policy.toml"
    policy.write_text(f'{policy.read_text()}[trust]\nkinds = ["Widget"]\n')
    started = shop.start(*given)
    wait_for(lambda: "ready" in _pods(shop), 120)
    says(shop, {"conditions": [{"type": "Ready", "status": "False", "message": "no issuer"}]})
    assert started.poll() is None, "it waits, with pods that are ready"
    says(shop, {"conditions": [{"type": "Ready", "status": "True"}]})
    out, said = started.communicate(timeout=120)
    assert started.returncode == 0, f"{out}\n{said}"

    file.write_text(file.read_text().replace("a: 1", "a: 2"))
    found = json.loads(shop.run(0, "diff", "M05", "--images", str(shop.images), "--format", "json"))
    changed = [one for one in found["services"][0]["objects"] if one["change"] != "same"]
    assert [(one["kind"], one["fields"][0]["path"]) for one in changed] == [("Widget", "spec.a")]
    started = shop.start(*given)
    wait_for(lambda: _asked(shop) == 2, 120)
    says(shop, {"phase": "Failed", "message": "out of widgets"})
    out, said = started.communicate(timeout=120)
    assert started.returncode in {3, 4}, f"{out}\n{said}"
    assert "Widget w: status.phase is Failed: out of widgets" in out

    file.unlink()
    assert shop.roll_out(0, "M05", "--supersedes", "latest")["decision"] == "GO"
    assert shop.cluster.get("widgets", "-n", shop.namespace)["items"] == []


def _pods(shop: Shop) -> str:
    found = shop.cluster.get("deployments", "-n", shop.namespace)["items"]
    wanted = len(found) > 1 and all(one["status"].get("readyReplicas") for one in found)
    return "ready" if wanted else ""


def _asked(shop: Shop) -> int:
    return shop.cluster.get("widget", "w", "-n", shop.namespace)["spec"]["a"]
