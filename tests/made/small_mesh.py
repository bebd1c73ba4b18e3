"""A Go mesh of four services as texts in memory, in order by every gate; its formats written out.

The texts are put together here from the declarations below, independently of what tierline
generates, so that a mistake in tierline's reading does not repeat itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from made.manifests import manifests
from tierline.mesh.tree import Entry, Kind, Tree

AUTH, PROFILE, BUS, FEED = (
    "M01-Authentication-Service",
    "M02-Profile-Service",
    "M10-Event-Bus-Service",
    "M20-Feed-Service",
)
DOMAINS = {
    AUTH: "core-platform",
    PROFILE: "core-platform",
    BUS: "platform-ops",
    FEED: "data-ai",
}
OWNERS = {AUTH: (), PROFILE: (AUTH,), BUS: (), FEED: (PROFILE, BUS)}
CONSUMES = {FEED: ("user.profile_updated",)}
PRODUCES = {PROFILE: ("user.profile_updated",)}
LEVELS = ((AUTH, BUS), (PROFILE,), (FEED,))
TIERS = (("platform-ops", (BUS,)), ("core-platform", (AUTH, PROFILE)), ("domain clusters", (FEED,)))


def folder(service_id: str) -> str:
    """`services/core-platform/M01-authentication-service`."""
    short, _, rest = service_id.partition("-")
    return f"services/{DOMAINS[service_id]}/{short}-{rest.lower()}"


def name_of(service_id: str) -> str:
    """`profile-service`: what Compose calls it."""
    return service_id.partition("-")[2].lower()


def mesh_files() -> dict[str, str]:
    """Path relative to the mesh root -> text."""
    files = dict.fromkeys(
        (
            "README.md", "docs/architecture-principles.md", "docs/local-dev.md",
            "platform/version.yaml", "contracts/buf.yaml", "contracts/buf.gen.yaml",
            "contracts/proto/README.md", "contracts/openapi/README.md",
            "contracts/events/README.md", "contracts/schemas/README.md",
            "contracts/gen/go/stub.go",
            "environments/k8s/base/kustomization.yaml",
            "environments/k8s/overlays/kustomization.yaml",
        ),
        "text\n",
    )  # fmt: skip
    files |= {
        ".env.example": "POSTGRES_URL=postgres://localhost/db\nOTLP=http://localhost:4318\n",
        "docs/service-lifecycle.md": "# Lifecycle\n\n"
        "- scaffold-only: a folder\n- implemented: code and tests\n- production-ready: signed off\n",
        "docs/dependency-load-order.md": load_order(),
        "environments/compose/docker-compose.base.yaml": "networks:\n  mesh: {}\n",
        "environments/compose/docker-compose.services.yaml": "services:\n"
        + "".join(
            f"  {name_of(one)}:\n    extends:\n"
            f"      file: ../../{folder(one)}/deploy/compose/service.compose.yaml\n"
            f"      service: {name_of(one)}\n"
            for one in DOMAINS
        ),
        "platform/go.mod": "module example.org/mesh/platform\n\ngo 1.22\n",
        "contracts/go.mod": "module example.org/mesh/contracts\n\ngo 1.22\n",
        "go.work": "go 1.22\n\nuse (\n"
        + "".join(f"\t./{folder(name)}\n" for name in DOMAINS)
        + ")\n",
        "services/services-index.yaml": index(),
        "tooling/manifests/implemented-services.yaml": "version: 1\nimplemented_services:\n"
        + "".join(f"  - {name}\n" for name in DOMAINS),
        "contracts/events/user.profile_updated.json": '{"event_type": "user.profile_updated", '
        f'"version": 1, "producer": "{PROFILE}", "payload_schema": {{"type": "object"}}}}\n',
    }
    for name in DOMAINS:
        files |= {f"{folder(name)}/{path}": text for path, text in service_files(name).items()}
    return files


def service_files(name: str) -> dict[str, str]:
    """Path relative to the service's folder -> text."""
    names = (
        "README.md", "Makefile", "Dockerfile", ".golangci.yml", "cmd/api/main.go",
        "cmd/worker/main.go", "tests/unit/.gitkeep", "tests/integration/.gitkeep",
        "tests/contract/.gitkeep",
    )  # fmt: skip
    files = {path: "" if path.endswith(".gitkeep") else "text\n" for path in names}
    files |= manifests(folder(name).rpartition("/")[2].lower())
    files["deploy/compose/service.compose.yaml"] = (
        f"services:\n  {name_of(name)}:\n    image: shop/{name_of(name)}:1.0.0\n"
        f"    build:\n      context: ../../../../..\n      dockerfile: {folder(name)}/Dockerfile\n"
        "    healthcheck:\n      test: [CMD, curl, http://127.0.0.1:8080/healthz]\n"
        "    networks: [mesh]\nnetworks:\n  mesh: {}\n"
    )
    files["go.mod"] = f"module example.org/mesh/{folder(name)}\n\ngo 1.22\n"
    files["internal/app/bootstrap/bootstrap.go"] = (
        "package bootstrap\n\n// Build starts the service.\nfunc Build() error {\n\treturn nil\n}\n"
    )
    files["configs/default.yaml"] = (
        f"service:\n  id: {name}\n  cluster: {DOMAINS[name]}\n"
        "  http_port: 8080\n  grpc_port: 9090\n"
        "dependencies:\n  postgres_url: ${POSTGRES_URL}\n  kafka_brokers:\n    - localhost:9092\n"
        "observability:\n  otlp_endpoint: ${OTLP}\n"
    )
    return files


def index() -> str:
    """`services/services-index.yaml`."""
    lines = ["version: 1", "generated_by: mesh/scripts/generate-mesh-index.sh", "services:"]
    for name, domain in DOMAINS.items():
        provides = sorted([*(f"EVENT:{event}" for event in PRODUCES.get(name, ())), "http"])
        lines += [
            f"  - service_id: {name}",
            "    architecture: microservice",
            f"    cluster: {domain}",
            f"    module_path: mesh/{folder(name)}",
            *_listed("dbr_deps", OWNERS[name]),
            *_listed("event_deps", CONSUMES.get(name, ())),
            *_listed("provides", provides),
        ]
    return "\n".join(lines) + "\n"


def _listed(key: str, items: list[str] | tuple[str, ...]) -> list[str]:
    return [f"    {key}:", *(f"      - {item}" for item in items)] + ([] if items else ["      []"])


def load_order() -> str:
    """`docs/dependency-load-order.md`."""
    lines = [
        "# Mesh Dependency Load Order", "", "Generated by: mesh/scripts/generate-mesh-index.sh", "",
        "## Summary", "", f"- Total microservices: {len(DOMAINS)}", "- DBR cycles detected: 0", "",
        "## DBR Topological Levels", "",
    ]  # fmt: skip
    for number, level in enumerate(LEVELS):
        lines += [f"### Level {number}", *(f"- {name}" for name in level), ""]
    lines += ["## Startup Tiers", ""]
    lines += [f"- tier{n} ({title}): {', '.join(names)}" for n, (title, names) in enumerate(TIERS)]
    lines += [
        "", "## DBR Matrix (Microservice -> Microservice)", "",
        "| Service | DBR Dependencies (microservice only) | Count |", "|---|---|---:|",
    ]  # fmt: skip
    for name, owners in OWNERS.items():
        lines.append(f"| {name} | {', '.join(owners) or 'none'} | {len(owners)} |")
    lines += ["", "## Boundary Rule", "", "- Owners write.", "- Others read through them."]
    return "\n".join(lines) + "\n"


def canonical_files() -> dict[str, str]:
    """The inputs that the index is generated from."""
    architecture = "services:\n" + "".join(
        f"  {name}:\n    architecture: microservice\n" for name in DOMAINS
    )
    dependencies = ""
    for name in DOMAINS:
        provides = [*(f"EVENT:{event}" for event in PRODUCES.get(name, ())), "http"]
        needs = [f"DBR:{owner}" for owner in OWNERS[name]]
        needs += [f"EVENT:{event}" for event in CONSUMES.get(name, ())]
        dependencies += f"{name}:\n  provides: [{', '.join(provides)}]\n"
        dependencies += f"  depends_on: [{', '.join(needs)}]\n"
    profile = "# Profile\n\n## Suggested Microservice Clusters\n"
    for title, name in (
        ("Core Platform", AUTH), ("Core Platform", PROFILE),
        ("Platform Edge and Reliability", BUS), ("Data, AI, and Decisioning", FEED),
    ):  # fmt: skip
        profile += f"\n### {title}\n\n- {name}\n"
    return {
        "service-architecture-map.yaml": architecture,
        "dependencies.yaml": dependencies,
        "service-deployment-profile.md": profile,
        "service-category-map.yaml": "allow_missing_ids:\n  - M07\nservices:\n"
        + "".join(f"  {name}:\n    category: x\n" for name in DOMAINS)
        + "    supersedes:\n      - M07-Old-Feed\n",
    }


def tree_of(files: Mapping[str, str], label: str) -> Tree:
    """The texts as a tree, with the folders above them; every content at hand."""
    entries: dict[str, Entry] = {}
    for path, text in files.items():
        content = text.encode("utf-8", "surrogateescape")
        entries[path] = Entry(Kind.FILE, len(content), content)
        parts = path.split("/")
        for end in range(1, len(parts)):
            entries.setdefault("/".join(parts[:end]), Entry(Kind.FOLDER))
    return Tree(label, dict(sorted(entries.items())))
