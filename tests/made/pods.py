"""Objects of a cluster as its API shows them, for tests of what is read off them."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

LABELS = {
    "tierline.dev/mesh": "shop",
    "tierline.dev/environment": "eu",
    "tierline.dev/service": "M01-Orders",
}
IMAGE = "registry.example/orders@sha256:" + "ab" * 32
KEY = "R-1/M01-Orders/apply/1"


def pod(name: str = "orders-1", state: Object | None = None, **told: Any) -> Object:
    """A pod of the api of M01-Orders; `state` is that of its container, `told` its other values."""
    status: Object = {
        "phase": "Running",
        "podIP": "10.0.0.7",
        "conditions": told.get("conditions", []),
    }
    container = {"name": "api", "restartCount": told.get("restarts", 0), "image": IMAGE}
    if state is not None:
        container["state"] = state
        status["containerStatuses"] = [container | {"lastState": told.get("last", {})}]
    metadata: Object = {
        "name": name,
        "uid": f"uid-{name}",
        "resourceVersion": told.get("version", "1"),
        "labels": {**LABELS, "tierline.dev/workload": "api"},
        "annotations": {
            "tierline.dev/key": told.get("key", KEY),
            "tierline.dev/revision": "f" * 32,
            "tierline.dev/container": "api",
            "tierline.dev/image": IMAGE,
        },
    }
    if told.get("ending"):
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    ports = [{"name": "http", "containerPort": 8080}]
    box = {"name": "api", "image": told.get("image", IMAGE), "ports": ports}
    return {"kind": "Pod", "metadata": metadata, "spec": {"containers": [box]}, "status": status}


RUNNING: Object = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def deployment(name: str = "orders", wanted: int = 1, **status: Any) -> Object:
    """A Deployment of M01-Orders whose controller has seen its change; all ready unless said."""
    whole = {
        "observedGeneration": 2,
        "replicas": wanted,
        "updatedReplicas": wanted,
        "availableReplicas": wanted,
    }
    return {
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "generation": 2,
            "labels": dict(LABELS),
            "annotations": {"tierline.dev/key": KEY, "tierline.dev/fence": "3"},
        },
        "spec": {"replicas": wanted},
        "status": {**whole, **status},
    }
