"""`check --gate manifests` on a demo mesh with one thing changed: finding, line, and exit code."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from e2e.cli.shop import Shop

pytestmark = pytest.mark.required("git")

FOLDER = "services/core-platform/M01-authentication-service/deploy/k8s"
LOCAL, PRODUCTION = 0, 3


class Change(NamedTuple):
    """`old` becomes `new` in a file; then this code is found, and production says no."""

    file: str
    old: str
    new: str
    code: str


CHANGES = (
    Change("deployment", "image: ", "imagge: ", "unknown-key"),
    Change("deployment", "apps/v1", "apps/v1beta1", "no-such-kind"),
    Change("deployment", "containerPort: ", "containerPort: x", "wrong-type"),
    Change("deployment", "memory: 64Mi", "memory: 64 Mi", "value"),
    Change("deployment", "1.0.0", "latest", "moving-image"),
    Change("deployment", "              path: /readyz", "              path: /readyzz", "probe-path-undeclared"),
    Change("deployment", "port: http", "port: web", "probe-port"),
    Change("deployment", "          readinessProbe:", "          startupProbe:", "no-probe"),
    Change("deployment", "              memory: 128Mi", "              cpu: 100m", "no-resources"),
    Change("deployment", "memory: 64Mi", "memory: 1Gi", "request-above-limit"),
    Change("deployment", "runAsNonRoot: true", "runAsNonRoot: false", "privileged"),
    Change("deployment", "runAsNonRoot: true", "privileged: true", "privileged"),
    Change("deployment", "                - ALL\n", "                - CHOWN\n", "not-restricted"),
    Change("deployment", "    spec:\n", "    spec:\n      hostNetwork: true\n", "privileged"),
    Change("deployment", "emptyDir: {}", "hostPath: {path: /}", "privileged"),
    Change("deployment", "- name: data\n              mountPath", "- name: x\n              mountPath", "unknown-volume"),
    Change("deployment", "- configMapRef", "- secretRef", "secret-expected"),
    Change("deployment", "                name: auth", "                name: other", "no-config-map"),
    Change("deployment", "      app.kubernetes.io/component", "      component", "selector"),
    Change("deployment", "  name: auth", "  name: Auth", "bad-name"),
    Change("service", "  selector:\n    app.kubernetes.io/name", "  selector:\n    app", "service-selector"),
    Change("service", "targetPort: http", "targetPort: htp", "target-port"),
    Change("configmap", "  DATA_DIR: /data", "  HTTP_PORT: \"1\"\n  DATA_DIR: /data", "port-differs"),
    Change("configmap", "  DATA_DIR: /data", "  DATA_DIR: yes", "wrong-type"),
    Change("configmap", "  DATA_DIR: /data", "  DATA_DIR: /data\n  DATA_DIR: /d", "duplicate-key"),
    Change("hpa", "minReplicas: 2", "minReplicas: 9", "autoscaler-range"),
    Change("hpa", "kind: Deployment", "kind: StatefulSet", "autoscaler-target"),
    Change("pdb", "maxUnavailable: 1", "maxUnavailable: 0", "budget-blocks"),
    Change("pdb", "      app.kubernetes.io/name", "      app", "budget-selector"),
    Change("pdb", "spec:", "spec: [", "not-yaml"),
)  # fmt: skip


def test_the_demo_is_in_order_everywhere(shop: Shop) -> None:
    for environment in ("local", "staging", "production"):
        told = shop.tell("check", "--gate", "manifests", "--env", environment, "--format", "json")
        codes = [one["code"] for one in json.loads(told.out)["findings"]]
        assert told.code == 0
        assert codes == ([] if environment == "local" else ["manifests/version-assumed"])


def test_each_change_is_found_at_its_line(shop: Shop) -> None:
    """One mesh, one change at a time: a mesh for each would take longer than the checks."""
    missed: list[str] = []
    for change in CHANGES:
        path = shop.mesh / FOLDER / f"{change.file}.yaml"
        before = path.read_text(encoding="utf-8")
        assert change.old in before, change
        path.write_text(before.replace(change.old, change.new, 1), encoding="utf-8")
        told = shop.tell("check", "--gate", "manifests", "--env", "production", "--format", "json")
        found = [one for one in json.loads(told.out)["findings"] if one["service_id"]]
        ours = [one for one in found if one["code"] == f"manifests/{change.code}"]
        if not ours or told.code not in {PRODUCTION, 4} or not all(one["line"] for one in ours):
            missed.append(f"{change}: {told.code} {[one['code'] for one in found]}")
        path.write_text(before, encoding="utf-8")
    assert missed == []


def test_the_policy_says_what_the_cluster_has(shop: Shop) -> None:
    policy = shop.mesh.parent.parent / "policy.toml"
    policy.write_text(
        'version = 1\n[environments.production]\nkubernetes = "1.25"\nsecrets = ["db"]\n'
        '[trust]\nregistries = ["ghcr.io"]\n',
        encoding="utf-8",
    )
    hpa = shop.mesh / FOLDER / "hpa.yaml"
    hpa.write_text(
        hpa.read_text(encoding="utf-8").replace("autoscaling/v2", "autoscaling/v2beta2"),
        encoding="utf-8",
    )
    told = shop.tell(
        "check", "--gate", "manifests", "--env", "production", "--policy", str(policy),
        "--format", "json",
    )  # fmt: skip
    codes = {one["code"] for one in json.loads(told.out)["findings"]}
    assert codes == {"manifests/foreign-registry", "manifests/unsettled-api"}
