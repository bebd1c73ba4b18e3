"""Objects that run the small service of tests."""

from __future__ import annotations

from typing import Any


def deployment(name: str, image: str, replicas: int = 1) -> dict[str, Any]:
    """A Deployment of the service, ready when it answers."""
    labels = {"app": name}
    container = {
        "name": "api",
        "image": image,
        "env": [{"name": "NAME", "value": name}],
        "ports": [{"containerPort": 8080}],
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def service(name: str) -> dict[str, Any]:
    """The name and address that others reach the service by."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
