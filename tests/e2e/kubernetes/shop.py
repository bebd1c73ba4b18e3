"""A checkout of the Go mesh and an environment of its own on a cluster, for tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def bed_policy(cluster: Cluster, namespace: str, port: int, on_failure: str = "hold") -> str:
    """A policy file whose environment `bed` is a namespace that sends its telemetry to `port`."""
    return f"""\
version = 1
[environments.bed]
kind = "local"
target = "kubernetes"
kubeconfig = "{cluster.kubeconfig}"
namespace = "{namespace}"
telemetry = "{cluster.facts["outside"]}:{port}"
on_failure = "{on_failure}"
[environments.bed.limits]
verify_seconds = 90
"""


@contextmanager
def a_shop(cluster: Cluster, images: Path, folder: Path) -> Generator[Shop]:
    """A shop in a namespace of its own, of kind local, which asks for telemetry."""
    root, home = folder / "mesh", folder / "h"
    shutil.copytree(MESH, root)
    for name in ("state", "cache", "run"):
        (home / name).mkdir(mode=0o700, parents=True)
    with cluster.namespace() as namespace:
        (home / "policy.toml").write_text(bed_policy(cluster, namespace, PORT))
        yield Shop(cluster, root, namespace, images, home)
