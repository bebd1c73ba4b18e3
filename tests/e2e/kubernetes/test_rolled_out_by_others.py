"""What another tool has rolled out is judged by `verify`, named with who brought it, and left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from e2e.kubernetes.shop import DEPLOYMENT, Shop

TOOL = "argocd-controller"


def apply_as_tool(shop: Shop) -> None:
    """The manifests of M05 with images of the map, as a GitOps tool brings them."""
    images = json.loads(shop.images.read_text())["images"]
    files = sorted((shop.root / DEPLOYMENT).parent.glob("*.yaml"))
    objects = [one for file in files for one in yaml.safe_load_all(file.read_text())]
    text = yaml.safe_dump_all(objects)
    for name, image in images.items():
        text = text.replace(f"{name}:1.0.0", image["reference"])
    given = (
        "apply",
        "-n",
        shop.namespace,
        "--server-side",
        "--force-conflicts",
        f"--field-manager={TOOL}",
    )
    shop.cluster.kubectl(*given, "-f", "-", given=text)
    shop.cluster.kubectl("-n", shop.namespace, "rollout", "status", "deployment", "--timeout=60s")


def verify(shop: Shop, code: int) -> Any:
    given = ("--images", str(shop.images), "--format", "json")
    return json.loads(shop.run(code, "verify", "M05", *given))


def promise(shop: Shop, kind: str) -> None:
    """What M05 says that `GET /settings` answers."""
    document = f"""\
openapi: 3.1.0
info: {{title: M05, version: 1.0.0}}
paths:
  /settings:
    get:
      responses:
        "200":
          description: all
          content: {{application/json: {{schema: {{type: {kind}}}}}}}
"""
    (shop.root / "contracts/openapi/M05-registry-service.yaml").write_text(document)


def messages(report: Any) -> str:
    return json.dumps(report)


def brought(shop: Shop) -> dict[str, Any]:
    """What is there, but for how many replicas an autoscaler wants; none of it may be ours."""
    kinds = "deployments,configmaps,services,hpa,pdb"
    found = shop.cluster.get(kinds, "-n", shop.namespace, "--show-managed-fields")["items"]
    for one in found:
        managers = {field["manager"] for field in one["metadata"]["managedFields"]}
        assert "tierline" not in managers
        if one["kind"] == "Deployment":
            one["spec"].pop("replicas")
    return {
        f"{one['kind']}/{one['metadata']['name']}": one.get("spec", one.get("data"))
        for one in found
    }


def test_what_a_gitops_tool_rolled_out_is_judged_and_not_changed(shop: Shop) -> None:
    settings: Path = shop.root / "tierline.toml"
    asked = settings.read_text().partition("# The bus")[0]
    settings.write_text(settings.read_text().replace(asked, ""))
    assert "nothing of it runs" in messages(verify(shop, 4))

    promise(shop, "[object, array]")
    apply_as_tool(shop)
    before = brought(shop)
    report = verify(shop, 0)
    assert report["decision"] == "GO"
    (told,) = report["follow_up"]
    assert (
        "M05-Registry-Service was rolled out by argocd-controller, not by tierline"
        in (told["purpose"])
    )
    assert brought(shop) == before
    assert "boundary/unverified" not in messages(report)
    policy = shop.home / "policy.toml"
    policy.write_text(policy.read_text().replace("verify_seconds = 90", "verify_seconds = 20"))
    promise(shop, "string")
    assert "boundary/broken" in (broken := messages(verify(shop, 4))), broken
    promise(shop, "[object, array]")

    patch = json.dumps({"data": {"EVENT_BUS_URL": "http://elsewhere:8206"}})
    name = "m05-registry-service"
    shop.cluster.kubectl("-n", shop.namespace, "patch", "configmap", name, "-p", patch)
    differing = messages(verify(shop, 4))
    assert "revision/other" in differing, differing
    assert f"ConfigMap {name}: data.EVENT_BUS_URL" in differing

    apply_as_tool(shop)
    stale = messages(verify(shop, 4))
    assert "revision/unseen" in stale, stale
    assert "a ConfigMap that it reads was changed after it started" in stale
