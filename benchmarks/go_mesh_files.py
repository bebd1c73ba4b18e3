"""The files of a mesh in the go-mesh format around a table of services; knows no program logic.

The services that it writes are placeholders that build and exit at once: what matters in a
generated mesh is that every file which a gate reads is there and valid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierline.mesh.declared import Declaration
from tierline.mesh.generated import load_order, services_index
from tierline.mesh.names import folder_name, slug
from tierline.mesh.profiles import DOMAINS
from tierline.scaffold.canonical_files import Canonical, alias_lineage
from tierline.scaffold.template import filled

PREFIX = "example.com/generated"


@dataclass(frozen=True)
class Names:
    """How a service is called in its files."""

    declared: Declaration
    http_port: int = 8080
    grpc_port: int = 9090

    @property
    def path(self) -> str:
        """Its folder below the mesh root."""
        one = self.declared
        return f"services/{one.domain}/{folder_name(one.service_id)}"

    @property
    def name(self) -> str:
        """Its name in manifests: at most 63 characters, unique by its number."""
        return slug(self.declared.service_id)


def mesh_files(canonical: Canonical) -> Iterator[tuple[str, str]]:
    """(path below the mesh root, text) of everything that is not of one service."""
    services = canonical.services
    paths = [Names(one).path for one in services]
    yield "services/services-index.yaml", services_index(services)
    yield "docs/dependency-load-order.md", load_order(services, DOMAINS)
    listed = "".join(f"  - {one.service_id}\n" for one in services) or "  []\n"
    yield (
        "tooling/manifests/implemented-services.yaml",
        f"version: 1\nimplemented_services:\n{listed}",
    )
    yield "tooling/manifests/alias-lineage.yaml", alias_lineage(canonical)
    uses = "".join(f"\t./{path}\n" for path in ("platform", "contracts", *paths))
    yield "go.work", f"go 1.24\n\nuse (\n{uses})\n"
    yield "environments/compose/docker-compose.services.yaml", _compose_services(services)
    yield from MESH_FILES.items()


def event_files(
    services: Sequence[Declaration], producers: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The contract of every event that some service provides or consumes."""
    for event in sorted({event for one in services for event in one.consumes} | producers.keys()):
        contract = {
            "event_type": event,
            "version": "1.0.0",
            "producer": producers[event],
            "payload_schema": {"type": "object", "properties": {"id": {"type": "string"}}},
        }
        yield f"contracts/events/{event}.json", json.dumps(contract, indent=2) + "\n"


def service_files(names: Names, addresses: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(path below the mesh root, text) of one service. `addresses`: configuration key -> address."""
    one = names.declared
    lines = "\n".join(f"  {key}: {value}" for key, value in addresses.items())
    values = {
        "service_id": one.service_id,
        "domain": one.domain,
        "path": names.path,
        "name": names.name,
        "http_port": str(names.http_port),
        "grpc_port": str(names.grpc_port),
        "module": f"{PREFIX}/{names.path}",
        "dependencies": f"dependencies:\n{lines}" if lines else "dependencies: {}",
    }
    for path, text in {**SERVICE_FILES, **PLACEHOLDER_FILES}.items():
        yield f"{names.path}/{path}", filled(text, values)


def _compose_services(services: Sequence[Declaration]) -> str:
    lines = ["services:" if services else "services: {}"]
    for one in services:
        names = Names(one)
        lines += [
            f"  {names.name}:",
            "    extends:",
            f"      file: ../../{names.path}/deploy/compose/service.compose.yaml",
            f"      service: {names.name}",
        ]
    return "\n".join(lines) + "\n"


def _manifest(head: str, spec: str) -> str:
    kind = (
        f"{head}\nmetadata:\n  name: @{{name}}\n  labels:\n    app.kubernetes.io/name: @{{name}}\n"
    )
    return f"{kind}{spec}"


_APP = "app.kubernetes.io/name: @{name}"

SERVICE_FILES: Mapping[str, str] = {
    "README.md": "# @{service_id}\n\nA service of domain `@{domain}`.\n",
    "Makefile": "build:\n\tCGO_ENABLED=0 go build -o bin/ ./cmd/...\n",
    "Dockerfile": (
        "# Built from the mesh root: docker build -f @{path}/Dockerfile .\n"
        "FROM golang:1.26 AS build\nWORKDIR /mesh\nCOPY . .\nWORKDIR /mesh/@{path}\n"
        "RUN CGO_ENABLED=0 go build -o /bin/ ./cmd/...\n\n"
        "FROM scratch\nCOPY --from=build /bin/api /bin/worker /\n"
        'COPY @{path}/configs /configs\nUSER 65532:65532\nENTRYPOINT ["/api"]\n'
    ),
    ".golangci.yml": 'version: "2"\nlinters:\n  default: standard\n',
    "configs/default.yaml": (
        "service:\n  id: @{service_id}\n  cluster: @{domain}\n  http_port: @{http_port}\n"
        "  grpc_port: @{grpc_port}\n@{dependencies}\nruntime:\n  request_timeout_ms: 2000\n"
        "observability:\n  otlp_endpoint: http://127.0.0.1:4318\n"
    ),
    "deploy/k8s/deployment.yaml": _manifest(
        "apiVersion: apps/v1\nkind: Deployment",
        f"spec:\n  replicas: 2\n  selector:\n    matchLabels:\n      {_APP}\n  template:\n"
        f"    metadata:\n      labels:\n        {_APP}\n    spec:\n      containers:\n"
        "        - name: api\n          image: generated/@{name}:1.0.0\n          ports:\n"
        "            - name: http\n              containerPort: @{http_port}\n"
        "            - name: grpc\n              containerPort: @{grpc_port}\n"
        "          envFrom:\n            - configMapRef:\n                name: @{name}\n"
        "          readinessProbe:\n            httpGet:\n              path: /readyz\n"
        "              port: http\n          livenessProbe:\n            httpGet:\n"
        "              path: /healthz\n              port: http\n"
        "          resources:\n            requests:\n              cpu: 20m\n"
        "              memory: 16Mi\n            limits:\n              memory: 64Mi\n",
    ),
    "deploy/k8s/service.yaml": _manifest(
        "apiVersion: v1\nkind: Service",
        f"spec:\n  selector:\n    {_APP}\n  ports:\n    - name: http\n      port: @{{http_port}}\n"
        "      targetPort: http\n    - name: grpc\n      port: @{grpc_port}\n      targetPort: grpc\n",
    ),
    "deploy/k8s/configmap.yaml": _manifest(
        "apiVersion: v1\nkind: ConfigMap", "data:\n  HTTP_HOST: 0.0.0.0\n"
    ),
    "deploy/k8s/hpa.yaml": _manifest(
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler",
        "spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n"
        "    name: @{name}\n  minReplicas: 2\n  maxReplicas: 6\n  metrics:\n    - type: Resource\n"
        "      resource:\n        name: cpu\n        target:\n          type: Utilization\n"
        "          averageUtilization: 70\n",
    ),
    "deploy/k8s/pdb.yaml": _manifest(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget",
        f"spec:\n  minAvailable: 1\n  selector:\n    matchLabels:\n      {_APP}\n",
    ),
    "deploy/compose/service.compose.yaml": (
        "services:\n  @{name}:\n    image: generated/@{name}:1.0.0\n    build:\n"
        "      context: ../../../../..\n      dockerfile: @{path}/Dockerfile\n"
        "    environment:\n      HTTP_HOST: 0.0.0.0\n    networks:\n      - mesh\n"
        "networks:\n  mesh: {}\n"
    ),
}
"""what every Go service has, whatever it does"""

PLACEHOLDER_FILES: Mapping[str, str] = {
    "go.mod": "module @{module}\n\ngo 1.24\n",
    "cmd/api/main.go": (
        'package main\n\nimport "@{module}/internal/app/bootstrap"\n\n'
        "func main() { bootstrap.Build().Serve() }\n"
    ),
    "cmd/worker/main.go": (
        'package main\n\nimport "@{module}/internal/app/bootstrap"\n\n'
        "func main() { bootstrap.Build().Work() }\n"
    ),
    "internal/app/bootstrap/bootstrap.go": (
        "package bootstrap\n\n// Runtime is a placeholder.\ntype Runtime struct{}\n\n"
        "// Build makes the service.\nfunc Build() Runtime { return Runtime{} }\n\n"
        'func (Runtime) Serve() { println("@{service_id} api") }\n'
        'func (Runtime) Work()  { println("@{service_id} worker") }\n'
    ),
    "tests/unit/.gitkeep": "",
    "tests/integration/.gitkeep": "",
    "tests/contract/.gitkeep": "",
}
"""a program that only builds"""

MESH_FILES: Mapping[str, str] = {
    "README.md": "# A generated mesh\n",
    ".env.example": "LOG_LEVEL=info\n",
    "docs/architecture-principles.md": "# Architecture principles\n\n1. A service owns its data.\n",
    "docs/service-lifecycle.md": (
        "# Service life cycle\n\n## scaffold-only\n\nFiles, no business code.\n\n"
        "## implemented\n\nBusiness code, contracts, passing unit, integration and contract tests.\n\n"
        "## production-ready\n\nImplemented, gates green, operational validation, rollout sign-off.\n"
    ),
    "docs/local-dev.md": "# Local development\n\n    tierline rollout\n",
    "platform/version.yaml": "version: 1\nplatform: 1.0.0\n",
    "platform/go.mod": f"module {PREFIX}/platform\n\ngo 1.24\n",
    "contracts/go.mod": f"module {PREFIX}/contracts\n\ngo 1.24\n",
    "contracts/buf.yaml": "version: v2\nmodules:\n  - path: proto\n",
    "contracts/buf.gen.yaml": "version: v2\nplugins: []\n",
    "contracts/proto/README.md": "# Proto contracts\n",
    "contracts/openapi/README.md": "# OpenAPI contracts\n",
    "contracts/events/README.md": "# Event contracts\n",
    "contracts/schemas/README.md": "# Schemas\n",
    "contracts/gen/go/.gitkeep": "",
    "environments/compose/docker-compose.base.yaml": "networks:\n  mesh: {}\n",
    "environments/k8s/base/namespace.yaml": (
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: generated\n"
    ),
    "environments/k8s/overlays/.gitkeep": "",
    "scripts/README.md": "# The scripts\n\nThis mesh is released with `tierline`.\n",
}
"""what no service changes"""
