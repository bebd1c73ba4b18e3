"""Contexts of meshes in memory: a small one with every kind of document, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from made.small_mesh import FEED, PROFILE, folder, mesh_files, tree_of
from tierline.context.build import build_context
from tierline.context.facts import Request
from tierline.context.model import Release
from tierline.mesh.parse import parse_mesh
from tierline.mesh.tree import Tree
from tierline.policy.builtin import builtin
from tierline.policy.model import EnvironmentKind

SECRET = "hunter2hunter2"

SCRIPTS = """# Scripts

## Prerequisites

- bash 5

## `generate-mesh-index.sh`

Makes the index. Reads `specs/`; writes `services/services-index.yaml`.

- Arguments: `--check`

## Contracts

| a | b |
|---|---|
| c | d |

- `contracts-buf-lint.sh`: lints. Needs buf and a TOKEN=hunter2hunter2.
- `lost.sh`: is not there
"""
LOCAL_DEV = """# Local development

You need PostgreSQL on port 5432. Then, from its folder:

    make run                    # any service
    make run-feed
    go run ./cmd/worker
    docker compose up -d        # the databases

M20 needs `FEED_TOKEN=hunter2hunter2` to start.
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: feed}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: feed}}
    spec:
      containers:
        - name: api
          image: feed:latest
          env: [{name: HTTP_PORT, value: "8100"}, {name: API_KEY, value: hunter2hunter2}]
          readinessProbe: {httpGet: {path: /readyz, port: 8100}, periodSeconds: 5}
          resources: {limits: {cpu: 1}}
"""
COMPOSE = """services:
  feed:
    image: registry.example.org/feed:1.2.0
    environment: {PASSWORD: hunter2hunter2}
"""
CONFIG = """service:
  id: M20-Feed-Service
  cluster: data-ai
  http_port: 8080
dependencies:
  profile_http_url: http://profile:8080
  redis_url: redis://:hunter2hunter2@redis:6379/0
  vector_url: ${VECTOR_URL}
  strange: x
observability:
  otlp_endpoint: ${OTLP}
"""
MAKEFILE = "run:\n\tgo run ./cmd/api\n"


def context_files() -> dict[str, str]:
    """The small mesh with documents, manifests and migrations; one service with much to be said."""
    feed, profile = folder(FEED), folder(PROFILE)
    files = mesh_files() | {
        "scripts/README.md": SCRIPTS,
        "scripts/generate-mesh-index.sh": "#!/bin/sh\n",
        "scripts/contracts-buf-lint.sh": "#!/bin/sh\n",
        "scripts/extra.sh": "#!/bin/sh\n",
        "docs/local-dev.md": LOCAL_DEV,
        "contracts/proto/profile/v2/profile.proto": "package profile.v2;\nservice Profile {}\n",
        "contracts/openapi/unknown.yaml": "info: {title: Nobody, version: 3.0.0}\n",
        f"{feed}/configs/default.yaml": CONFIG,
        f"{feed}/deploy/k8s/deployment.yaml": DEPLOYMENT,
        f"{feed}/deploy/compose/service.compose.yaml": COMPOSE,
        f"{feed}/Makefile": MAKEFILE,
        f"{feed}/migrations/001_init.sql": "",
        f"{feed}/migrations/003_more.sql": "",
        f"{profile}/Makefile": MAKEFILE,
    }
    for name in ("service", "configmap", "hpa", "pdb"):
        files.pop(f"{feed}/deploy/k8s/{name}.yaml")
    return files


def context_of_files(
    files: Mapping[str, str], chosen: tuple[str, ...] = (), changed: tuple[str, ...] | None = None
) -> Release:
    """The context of some services, by default all, of a mesh of texts."""
    tree: Tree = tree_of(files, "mesh")
    mesh = parse_mesh(tree)
    names = chosen or tuple(mesh.services)
    request = Request(
        mesh, builtin("local", EnvironmentKind.LOCAL, "local"), " ".join(chosen), names,
        frozenset(names),
    )  # fmt: skip
    if changed is not None:
        request = replace(request, since="main", changed=changed)
    return build_context(request, tree)
