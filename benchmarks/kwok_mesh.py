"""Meshes for simulated nodes: each service is one pod that becomes ready when its annotation says.

No program: every file that a gate reads is there, and the pods answer nothing, so that the
environment has to say `evidence = "status-only"`.
"""

from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from go_mesh_files import Names
from mesh_generator import write

from tierline.mesh.declared import Declaration
from tierline.scaffold.canonical_files import Canonical

DOMAIN = "data-ai"
"""one for all services, so that nothing but owners orders them"""
SPREAD = 0.5
"""sigma of the log-normal delays"""


@dataclass(frozen=True)
class Part:
    """A service: its owners, after how many seconds its pod is ready, or its fate instead."""

    owners: tuple[str, ...]
    seconds: float
    fate: str = ""


Parts = Mapping[str, Part]
"""service id -> what it is; owners come before those that read of them"""


def layered(count: int, depth: int, median: float, seed: int) -> Parts:
    """A mesh of exactly this depth: each service but the first ones has one to three owners."""
    chance = random.Random(seed)
    levels: list[list[str]] = [[] for _ in range(depth)]
    parts: dict[str, Part] = {}
    for number in range(count):
        level = number if number < depth else chance.randrange(depth)
        above = levels[level - 1] if level else []
        owners = {chance.choice(above)} if above else set[str]()
        earlier = [name for names in levels[:level] for name in names]
        owners |= set(chance.sample(earlier, min(len(earlier), chance.randrange(3))))
        name = f"M{number + 1:04}-Part"
        levels[level].append(name)
        seconds = chance.lognormvariate(math.log(median), SPREAD) if median else 0.0
        parts[name] = Part(tuple(sorted(owners)), round(seconds, 3))
    order = [name for names in levels for name in names]
    return {name: parts[name] for name in order}


def bound(parts: Parts) -> float:
    """The longest path of delays, in seconds: nobody who keeps the order can be faster."""
    done: dict[str, float] = {}
    for name, part in parts.items():
        done[name] = max((done[one] for one in part.owners), default=0.0) + part.seconds
    return max(done.values())


def make(folder: Path, parts: Parts) -> Path:
    """Write the mesh and `images.json` beside it; returns the mesh's root."""
    services = declarations(parts)
    write(folder, Canonical(services))
    root = folder / "mesh"
    images: dict[str, object] = {}
    for one in services:
        names = Names(one)
        place = root / names.path
        shutil.rmtree(place / "cmd" / "worker")
        for file in (place / "deploy" / "k8s").iterdir():
            file.unlink()
        text = yaml.safe_dump_all(objects(names.name, parts[one.service_id]), sort_keys=False)
        (place / "deploy" / "k8s" / "deployment.yaml").write_text(text)
        digest = f"{len(images) + 1:064x}"
        images[f"generated/{names.name}"] = {"reference": image(names.name, digest)}
    file = folder / "images.json"
    file.write_text(json.dumps({"version": 1, "images": images}))
    return root


def declarations(parts: Parts) -> list[Declaration]:
    """The services as the canonical files declare them."""
    return [Declaration(name, DOMAIN, part.owners, (), ("http",)) for name, part in parts.items()]


def image(name: str, digest: str) -> str:
    """A reference that nobody will ever pull."""
    return f"registry.example/generated/{name}@sha256:{digest}"


def objects(name: str, part: Part, picture: str = "") -> list[dict[str, object]]:
    """The manifests of a service: a Deployment of one pod and a Service."""
    label = {"app.kubernetes.io/name": name}
    notes = {"tierline.test/ready-after": f"{part.seconds:.3f}s"} if part.seconds else {}
    if part.fate:
        notes = {"tierline.test/fate": part.fate}
    container = {
        "name": "api",
        "image": picture or f"generated/{name}:1.0.0",
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}},
    }
    template = {
        "metadata": {"labels": label, "annotations": notes},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0},
    }
    spec = {"replicas": 1, "selector": {"matchLabels": label}, "template": template}
    meta = {"name": name, "labels": label}
    ports = [{"name": "http", "port": 8080, "targetPort": "http"}]
    return [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec},
        {"apiVersion": "v1", "kind": "Service", "metadata": meta,
         "spec": {"selector": label, "ports": ports}},
    ]  # fmt: skip


def policy(kubeconfig: Path, namespace: str, **limits: float) -> str:
    """A policy file whose environment `bed` is a namespace of simulated nodes."""
    lines = "\n".join(f"{name} = {value}" for name, value in limits.items())
    return f"""\
version = 1
[environments.bed]
kind = "local"
target = "kubernetes"
kubeconfig = "{kubeconfig}"
namespace = "{namespace}"
evidence = "status-only"
[environments.bed.limits]
{lines}
[severity]
"structure/missing-file" = "warn"
"""
