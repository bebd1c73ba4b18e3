"""Each way of breaking a service on a real node, side by side: all are told with the cluster's words."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from e2e.kubernetes.shop import Shop
from e2e.kubernetes.visible import told as told_at
from e2e.kubernetes.visible import watched

ENV = "envFrom:"
STAYS = "lifecycle: {preStop: {sleep: {seconds: 25}}}"
PROBED = "path: /readyz"


def manifest(shop: Shop, service: str, name: str = "deployment.yaml") -> str:
    (folder,) = shop.root.glob(f"services/*/{service}-*")
    return str((folder / "deploy/k8s" / name).relative_to(shop.root))


def reasons(report: Any) -> dict[str, tuple[str, str]]:
    """Service -> code and words of what a report says of it."""
    return {one["service_id"][:3]: (one["code"], one["reason"]) for one in report["services"]}


def without_edges(shop: Shop) -> None:
    """No service waits for another, so that each is broken by itself."""
    index = shop.root / "services/services-index.yaml"
    lines, kept, inside = index.read_text().splitlines(), list[str](), False
    for line in lines:
        if line.startswith("    dbr_deps:"):
            kept += [line, "      []"]
        elif not (inside and line.startswith("      ")):
            kept.append(line)
        inside = line.startswith("    dbr_deps:") or (inside and line.startswith("      "))
    index.write_text("\n".join(kept) + "\n")
    shop.run(0, "index", "generate")


def patience(shop: Shop, seconds: int) -> None:
    policy = shop.home / "policy.toml"
    policy.write_text(
        policy.read_text().replace("verify_seconds = 90", f"verify_seconds = {seconds}")
    )


def without_image(shop: Shop, service: str) -> Shop:
    """The shop with a map that names an image of that service which nobody has."""
    table = json.loads(shop.images.read_text())
    (name,) = (one for one in table["images"] if service.lower() in one)
    entry = table["images"][name]
    entry["reference"] = entry["reference"][:-8] + "00000000"
    missing = shop.home / "images.json"
    missing.write_text(json.dumps(table))
    return replace(shop, images=missing)


@contextmanager
def timed(shop: Shop, *breaks: tuple[str, str]) -> Generator[None]:
    """Print how long after each fact could be seen it was told: docs/benchmarks.md has the numbers."""
    with watched(shop) as visible:
        yield
    at = told_at(shop)
    for one in breaks:
        seconds = at[one] - visible.since[one]
        print(f"{one[0]} {one[1]} was told {seconds:.2f} s after it could be seen")


def test_what_will_never_run_is_told_with_its_reason(shop: Shop) -> None:
    """Two rollouts, six services broken in each; the limit of 90 s is never waited for."""
    without_edges(shop)
    crash = f"env: [{{name: DATA_DIR, value: /proc/x}}]\n          {ENV}"
    shop.edit(manifest(shop, "M02"), ENV, crash)
    shop.edit(manifest(shop, "M03"), "name: m03-billing-service\n          readinessProbe",
              "name: nowhere\n          readinessProbe")  # fmt: skip
    shop.edit(manifest(shop, "M04"), ENV, f"command: [/nothing]\n          {ENV}")
    shop.edit(manifest(shop, "M05"), "emptyDir: {}", "configMap: {name: no-such-volume}")
    shop.edit(manifest(shop, "M06"), PROBED, "path: /nowhere")
    shop.edit(
        manifest(shop, "M06"),
        "spec:\n  selector",
        "spec:\n  progressDeadlineSeconds: 5\n  selector",
    )
    wanted = {
        "M01": "start/image",
        "M02": "boot/exit",
        "M03": "start/config",
        "M04": "start/config",
        "M05": "start/volume",
        "M06": "start/progress",
    }
    with timed(shop, *wanted.items()):
        told = reasons(without_image(shop, "M01").roll_out(4))
    assert {name: code for name, (code, _) in told.items()} == wanted
    assert "cannot start: mkdir /proc/x" in told["M02"][1]
    assert '"nowhere" not found' in told["M03"][1]
    assert "/nothing" in told["M04"][1]
    assert '"no-such-volume" not found' in told["M05"][1]


def test_what_runs_and_does_not_work_is_told_with_its_reason(shop: Shop) -> None:
    """An owner that cannot be reached, telemetry that goes elsewhere, a pod of before that stays."""
    assert shop.roll_out(0, "M05 M06")["decision"] == "GO"
    patience(shop, 15)
    shop.edit(manifest(shop, "M01", "configmap.yaml"), "http://m05-registry", "http://nobody")
    away = "{name: OTEL_EXPORTER_OTLP_ENDPOINT, value: http://127.0.0.1:9}"
    api, worker = manifest(shop, "M06"), manifest(shop, "M06", "worker-deployment.yaml")
    silent = f"env: [{away}]\n          {STAYS}\n          {ENV}"
    shop.edit(api, ENV, silent)
    shop.edit(worker, "env:\n", f"env:\n            - {away}\n")
    told = reasons(shop.roll_out(4, "M01 M06"))
    assert told["M01"][0] == "dependency/unreachable"
    assert "it does not reach its owner M05-Registry-Service" in told["M01"][1]
    assert told["M06"][0] == "telemetry/missing"
    assert "no metrics" in told["M06"][1]
    assert "no traces" in told["M06"][1]
    shop.edit(api, silent, ENV)
    told = reasons(shop.roll_out(4, "M06", "--supersedes", "latest"))
    assert told["M06"][0] == "revision/other"
    assert "api m06-event-relay-service-" in told["M06"][1]


def test_a_quota_is_told(shop: Shop) -> None:
    shop.cluster.kubectl("-n", shop.namespace, "create", "quota", "none", "--hard=pods=0")
    with timed(shop, ("M06", "start/quota")):
        (told,) = reasons(shop.roll_out(4, "M06")).values()
    assert told[0] == "start/quota"
    assert "exceeded quota: none" in told[1]


def test_no_room_on_any_node_is_told(shop: Shop) -> None:
    """The one node has nothing like as many processors."""
    shop.edit(manifest(shop, "M05"), "cpu: 20m", "cpu: 999")
    with timed(shop, ("M05", "start/unschedulable")):
        (told,) = reasons(shop.roll_out(4, "M05")).values()
    assert told[0] == "start/unschedulable"
    assert "Insufficient cpu" in told[1]
