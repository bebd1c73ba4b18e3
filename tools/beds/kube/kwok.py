"""Simulated nodes: their pods become ready by rule, and answer nothing; for many services at once.

The rules are in tools/kubernetes/kwok: annotations of a pod say when it is ready, or what fails.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from beds import processes
from beds.kube import versions
from beds.kube.control_plane import SECONDS, ControlPlane

SIMULATED = {"tierline.test/simulated": "true"}
"""the label of simulated nodes"""
TAINT = "tierline.test/simulated"
"""what simulated nodes are tainted with where a real one is there, too"""


def start(plane: ControlPlane, program: Path, count: int, *, tainted: bool) -> None:
    """Start the simulation of so many nodes, and wait until all are ready."""
    rules = versions.FOLDER / "kwok"
    (label,) = SIMULATED
    argv = [
        *plane.seat.within,
        program,
        f"--kubeconfig={plane.kubeconfig_of('tierline-kwok', ('system:masters',))}",
        "--manage-all-nodes=false",
        f"--manage-nodes-with-label-selector={label}={SIMULATED[label]}",
        f"--config={rules / 'nodes.yaml'}",
        f"--config={rules / 'pods.yaml'}",
        "--cidr=10.197.0.1/16",
        "--node-ip=10.197.255.254",
        "--node-lease-duration-seconds=40",
    ]
    processes.start(plane.bed, "kwok", argv)
    names = [f"simulated-{number}" for number in range(count)]
    for name in names:
        plane.admin.post("/api/v1/nodes", _node(name, tainted=tainted))
    processes.wait_until(
        plane.bed, lambda: all(_is_ready(plane, name) for name in names), "simulated nodes", SECONDS
    )


def _node(name: str, *, tainted: bool) -> dict[str, Any]:
    taints = [{"key": TAINT, "effect": "NoSchedule"}] if tainted else []
    return {"metadata": {"name": name, "labels": SIMULATED}, "spec": {"taints": taints}}


def _is_ready(plane: ControlPlane, name: str) -> bool:
    conditions = plane.admin.get(f"/api/v1/nodes/{name}")["status"].get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
