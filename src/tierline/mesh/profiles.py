"""The profiles that tierline brings along, and how a mesh describes one of its own."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tierline.mesh.profile import Profile

DOMAINS: Final = MappingProxyType(
    {
        "platform-ops": 0,
        "core-platform": 1,
        "integrations": 2,
        "trust-compliance": 2,
        "data-ai": 2,
        "financial-rails": 2,
    }
)

_DOCUMENTS = (
    "README.md",
    ".env.example",
    "docs/architecture-principles.md",
    "docs/service-lifecycle.md",
    "docs/local-dev.md",
    "docs/dependency-load-order.md",
    "platform/version.yaml",
    "contracts/buf.yaml",
    "contracts/buf.gen.yaml",
    "contracts/proto/README.md",
    "contracts/openapi/README.md",
    "contracts/events/README.md",
    "contracts/schemas/README.md",
    "environments/compose/docker-compose.base.yaml",
    "environments/compose/docker-compose.services.yaml",
    "services/services-index.yaml",
    "tooling/manifests/implemented-services.yaml",
)

_DEPLOYMENT = (
    "README.md",
    "configs/default.yaml",
    "deploy/k8s/deployment.yaml",
    "deploy/k8s/service.yaml",
    "deploy/k8s/configmap.yaml",
    "deploy/k8s/hpa.yaml",
    "deploy/k8s/pdb.yaml",
    "deploy/compose/service.compose.yaml",
    "Makefile",
    "tests/unit/.gitkeep",
    "tests/integration/.gitkeep",
    "tests/contract/.gitkeep",
)

_ENVIRONMENTS = ("environments/k8s/base", "environments/k8s/overlays")

GO_MESH: Final = Profile(
    name="go-mesh",
    domains=DOMAINS,
    mesh_files=(*_DOCUMENTS, "go.work", "platform/go.mod", "contracts/go.mod"),
    service_files=(
        *_DEPLOYMENT,
        "go.mod",
        "cmd/api/main.go",
        "cmd/worker/main.go",
        ".golangci.yml",
    ),
    language="go",
    workloads=MappingProxyType({"*": "cmd/*/main.go"}),
    required_workloads=("api", "worker"),
    module_path="<prefix>/services/{domain}/{folder}",
    bootstrap_folder="internal/app/bootstrap",
    mesh_folders=(*_ENVIRONMENTS, "contracts/gen/go"),
)

PYTHON_MESH: Final = replace(
    GO_MESH,
    name="python-mesh",
    mesh_files=_DOCUMENTS,
    service_files=(*_DEPLOYMENT, "pyproject.toml", "cmd/api/main.py"),
    language="python",
    workloads=MappingProxyType({"*": "cmd/*/main.py"}),
    required_workloads=("api",),
    module_path="",
    bootstrap_folder="",
    mesh_folders=_ENVIRONMENTS,
)

BUILT_IN: Final = MappingProxyType({profile.name: profile for profile in (GO_MESH, PYTHON_MESH)})
DEFAULT: Final = GO_MESH.name
