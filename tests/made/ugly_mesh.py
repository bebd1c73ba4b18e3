"""A mesh as ugly as real ones: fifty services, three languages, findings by the hundred.

python tests/made/ugly_mesh.py DIR
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "benchmarks")]

from go_mesh_files import MESH_FILES, SERVICE_FILES  # noqa: E402 - run as a program, too

from made.ugly_programs import (  # noqa: E402 - as above
    CONNECT,
    GO_API,
    GO_BOOTSTRAP,
    GO_FILE_API,
    GO_LIBRARY_API,
    GO_PLACEHOLDER,
    GO_WORKER,
    LIST,
    NODE_API,
    PYTHON_API,
    RUBY,
)
from made.ugly_table import CONSUMES, FULL, PRODUCES, ROWS, Row  # noqa: E402 - as above
from tierline.mesh.declared import Declaration  # noqa: E402 - as above
from tierline.mesh.generated import load_order, services_index  # noqa: E402 - as above
from tierline.mesh.names import folder_name, slug  # noqa: E402 - as above
from tierline.mesh.profiles import DOMAINS  # noqa: E402 - as above
from tierline.scaffold.template import filled  # noqa: E402 - as above

MODULE = "example.org/ugly"
GO_KINDS = frozenset({"go", "go-file", "placeholder", "bom", "library", "bare"})
PROBES = re.compile(r" +(?:readiness|liveness)Probe:\n(?: {12}.*\n)+")


@dataclass(frozen=True)
class Where:
    """Where the infrastructure of the mesh would be."""

    postgres: str = "127.0.0.1:5432"
    redis: str = "127.0.0.1:6379"


def write_ugly_mesh(folder: Path, where: Where | None = None) -> Path:
    """Write the mesh into `folder/mesh`, with a history in which a blob is missing; its root."""
    mesh = folder / "mesh"
    for path, content in _files(where or Where()):
        file = mesh / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (mesh / "environments/k8s/overlays").mkdir(parents=True, exist_ok=True)
    _history(folder, mesh)
    return mesh


def _files(where: Where) -> Iterator[tuple[str, str | bytes]]:
    services = [_declared(row) for row in ROWS]
    yield "services/services-index.yaml", services_index(services)
    stale = [one for one in services if one.service_id[:3] not in {"M62", "M61"}]
    yield "docs/dependency-load-order.md", load_order(stale, DOMAINS)
    listed = [row.service_id for row in ROWS if row.kind not in {"unlisted", "ruby"}]
    text = "".join(f"  - {one}\n" for one in [*listed, "M99-Long-Gone"])
    yield (
        "tooling/manifests/implemented-services.yaml",
        f"version: 1\nimplemented_services:\n{text}",
    )
    yield "contracts/events/user.signed_in.json", _event("user.signed_in", "M10")
    yield "contracts/events/payment.settled.json", _event("payment.settled", "M51")
    yield (
        "contracts/buf.gen.yaml",
        (
            "version: v2\nplugins:\n  - remote: buf.build/protocolbuffers/go\n    out: gen/go\n"
            "  - remote: buf.build/grpc/go\n    out: gen/go\n"
        ),
    )
    yield "contracts/proto/user.proto", 'syntax = "proto3";\npackage ugly.v1;\nmessage User {}\n'
    yield (
        ".env.example",
        (
            f"POSTGRES_URL=postgres://mesh:mesh@{where.postgres}/mesh\n"
            f"REDIS_URL=redis://{where.redis}/0\nKAFKA_BROKERS=127.0.0.1:9092\n"
        ),
    )
    left_out = {"docs/local-dev.md", "contracts/schemas/README.md", ".env.example",
                "contracts/buf.gen.yaml"}  # fmt: skip
    yield from ((path, text) for path, text in MESH_FILES.items() if path not in left_out)
    yield "environments/compose/docker-compose.services.yaml", "services: {}\n"
    uses = "".join(f"\t./{_path(row)}\n" for row in ROWS if row.kind in GO_KINDS)
    yield "go.work", f"go 1.24\n\nuse (\n{uses})\n"
    yield "services/integrations/M98-abandoned/README.md", "# An old attempt\n"
    yield "services/experiments/M97-trial/README.md", "# A trial\n"
    yield "services/core-platform/notes.txt", "call Dave\n"
    for row in ROWS:
        for path, content in _service(row):
            yield f"{_path(row)}/{path}", content
        if row.kind == "twice":
            yield f"services/data-ai/{folder_name(row.service_id)}/README.md", "# A copy\n"


def _declared(row: Row) -> Declaration:
    events = tuple(f"EVENT:{event}" for event in PRODUCES.get(row.short, ()))
    return Declaration(
        row.service_id,
        row.domain,
        tuple(sorted(FULL[owner] for owner in row.owners)),
        CONSUMES.get(row.short, ()),
        (*events, "http"),
    )


def _path(row: Row) -> str:
    name = row.service_id if row.kind == "odd-case" else folder_name(row.service_id)
    return f"services/{row.domain}/{name}"


def _event(name: str, producer: str) -> str:
    return (
        f'{{"event_type": "{name}", "version": "1.0.0", "producer": "{FULL[producer]}", '
        '"payload_schema": {"type": "object"}}\n'
    )


def _service(row: Row) -> Iterator[tuple[str, str | bytes]]:
    """The files of one service, damaged as its kind has it."""
    files: dict[str, str | bytes] = {
        path: filled(text, _values(row)) for path, text in SERVICE_FILES.items()
    }
    for path in ("tests/unit/.gitkeep", "tests/integration/.gitkeep", "tests/contract/.gitkeep"):
        files[path] = ""
    name = slug(row.service_id)
    deployment = PROBES.sub("", str(files["deploy/k8s/deployment.yaml"]))
    deployment = deployment.replace(":1.0.0", ":latest")
    if int(row.short[1:]) % 2:
        deployment = deployment.replace("app.kubernetes.io/name:", "app:")
    files["deploy/k8s/deployment.yaml"] = deployment
    files["configs/default.yaml"] = _config(row)
    files |= _program(row)
    for path in _LEFT_OUT.get(row.kind, ()):
        files.pop(path, None)
    if row.kind == "missing":
        return
    if row.kind == "bad-yaml":
        files["configs/default.yaml"] = "service:\n  id: M17\n http_port: [8080\n\tgrpc: 1\n"
    if row.kind == "bad-manifest":
        files["deploy/k8s/deployment.yaml"] = f"kind: Deployment\nmetadata: {{name: {name}\n"
    if row.kind == "bom":
        files["go.mod"] = b"\xef\xbb\xbf" + str(files["go.mod"]).encode()
    if row.kind == "crlf":
        files = {path: str(text).replace("\n", "\r\n") for path, text in files.items()}
    yield from files.items()


_LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "empty": ("Makefile", "deploy/k8s/hpa.yaml", "deploy/k8s/pdb.yaml"),
    "bare": (
        *("Makefile", ".golangci.yml", "deploy/k8s/hpa.yaml", "deploy/k8s/pdb.yaml"),
        *("deploy/compose/service.compose.yaml", "configs/default.yaml", "tests/unit/.gitkeep"),
        *("tests/integration/.gitkeep", "tests/contract/.gitkeep", "cmd/worker/main.go"),
        "internal/app/bootstrap/bootstrap.go",
    ),
    "ruby": ("configs/default.yaml", ".golangci.yml"),
}


def _values(row: Row) -> dict[str, str]:
    return {
        "service_id": row.service_id,
        "domain": row.domain,
        "path": _path(row),
        "name": slug(row.service_id),
        "http_port": "8080",
        "grpc_port": "9090",
        "dependencies": "dependencies: {}",
    }


def _config(row: Row) -> str:
    lines = [f"  {_key(owner)}: http://{slug(FULL[owner])}:8080" for owner in row.owners]
    if row.kind == "postgres":
        lines.append("  postgres_url: ${POSTGRES_URL}")
    if row.kind == "redis":
        lines.append("  redis_url: ${REDIS_URL}")
    if row.kind == "list":
        lines.append("  kafka_brokers: ${KAFKA_BROKERS}")
    if row.kind == "unresolved":
        lines.append("  vector_url: ${VECTOR_URL}")
    dependencies = "dependencies:\n" + "\n".join(lines) if lines else "dependencies: {}"
    return (
        f"service:\n  id: {row.service_id}\n  cluster: {row.domain}\n  http_port: 8080\n"
        f"  grpc_port: 9090\n{dependencies}\n"
        "observability:\n  otlp_endpoint: http://otel-collector:4318\n"
    )


def _key(owner: str) -> str:
    """`auth_http_url` is an abbreviation, `upstream_url` of M51 says nothing."""
    words = FULL[owner].lower().split("-")
    short = {"M10": "auth", "M51": "upstream"}.get(owner, words[1])
    return f"{short}_http_url" if owner[0] == "M" else f"{words[0]}_http_url"


def _program(row: Row) -> dict[str, str | bytes]:
    if row.kind in GO_KINDS:
        return _go(row)
    if row.kind in {"node", "odd-case"}:
        name = slug(row.service_id)
        manifest = f'{{"name": "{name}", "scripts": {{"api": "node server.js"}}}}\n'
        return {"package.json": manifest, "server.js": NODE_API}
    if row.kind == "ruby":
        return {"server.rb": RUBY}
    if row.kind == "empty":
        return {"docs/plan.md": "Soon.\n"}
    before, health = "", "410" if row.kind == "gone" else "200"
    if row.kind in {"postgres", "redis"}:
        before = filled(CONNECT, {"variable": f"{row.kind.upper()}_URL", "what": row.kind})
    if row.kind == "list":
        before = LIST
    api = filled(PYTHON_API, {"health": health, "before": before})
    project = (
        f'[project]\nname = "{slug(row.service_id)}"\nversion = "1"\nrequires-python = ">=3.9"\n'
    )
    return {"cmd/api/main.py": api, "pyproject.toml": project}


def _go(row: Row) -> dict[str, str | bytes]:
    api = {"go-file": GO_FILE_API, "placeholder": GO_PLACEHOLDER, "library": GO_LIBRARY_API}
    worker = GO_PLACEHOLDER if row.kind == "placeholder" else GO_WORKER
    needs = "\nrequire github.com/nobody/nothing v1.4.2\n" if row.kind == "library" else ""
    return {
        "go.mod": f"module {MODULE}/{_path(row)}\n\ngo 1.24\n{needs}",
        "cmd/api/main.go": filled(api.get(row.kind, GO_API), _values(row)),
        "cmd/worker/main.go": filled(worker, _values(row)),
        "internal/app/bootstrap/bootstrap.go": GO_BOOTSTRAP,
    }


def _history(folder: Path, mesh: Path) -> None:
    """Two commits; a file of the first is missing from the objects."""
    environ = {
        **os.environ,
        **{f"GIT_{who}_{what}": "ugly@example.org"
           for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }  # fmt: skip

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-c", "gc.auto=0", *arguments],
            cwd=folder, env=environ, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    readme = mesh / "README.md"
    now = readme.read_text()
    readme.write_text("# The first words of this mesh\n")
    git("add", "--all")
    git("commit", "--quiet", "--message=first")
    lost = git("rev-parse", "HEAD:mesh/README.md")
    readme.write_text(now)
    git("commit", "--quiet", "--all", "--message=second")
    (folder / ".git/objects" / lost[:2] / lost[2:]).unlink()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    print(write_ugly_mesh(target))
