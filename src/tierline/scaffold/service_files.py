"""Writes the folder of one demo service from the templates and the table of services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tierline.scaffold.services import BUS, DEMO, DemoService
from tierline.scaffold.template import filled, templates

MESH = "demo-mesh"
WORKER_PORT = 8080
"""where a worker in a container says how it is; nothing else listens there"""
_HEALTHCHECK = (
    "    healthcheck:\n      test:\n        - CMD\n        - python3\n        - -c\n"
    "        - import urllib.request; "
    'urllib.request.urlopen("http://127.0.0.1:@{http_port}/healthz")'
)
PYTHON_VALUES = {
    "worker_command": "            - python3\n            - cmd/worker/main.py",
    "healthcheck": _HEALTHCHECK,
}
"""how a Python service is run in a container"""
PLATFORM_VALUES = {
    "copy_platform": "COPY platform/python /mesh/platform/python",
    "dependencies_toml": '["meshkit"]',
    "sources_toml": '\n[tool.uv.sources]\nmeshkit = { path = "../../../platform/python" }',
}
"""how a Python service gets at the library that the mesh shares"""
_TOLD = {"CUSTOMER_ARCHIVE_URL": "127.0.0.1:9", "TAX_OFFICE_URL": "127.0.0.1:9"}
"""variables without which no demo service starts, and addresses that nobody answers at"""
_BY_ID = {service.service_id: service for service in DEMO}
BUS_KEY = "event_bus_url"


def service_files() -> Iterator[tuple[str, str]]:
    """(path below the mesh root, text) of every file of every service."""
    shared = (*templates("service"), *templates("service-python"))
    worker = (*templates("worker"), *templates("worker-python"))
    for service in DEMO:
        values = _values(service)
        for path, text in shared + (worker if service.worker else ()):
            yield f"{service.path}/{path}", filled(text, values)
        for path, text in templates(f"services/{service.folder}"):
            yield f"{service.path}/{path}", text


def addresses(service: DemoService) -> Mapping[str, str]:
    """Key of `dependencies` -> the service or external that it points at."""
    found = {key: name for name, key in {**service.owners, **service.externals}.items()}
    if service.service_id != BUS:
        found[BUS_KEY] = BUS
    return dict(sorted(found.items()))


def _values(service: DemoService) -> dict[str, str]:
    return {
        "mesh": MESH,
        "service_id": service.service_id,
        "domain": service.domain,
        "folder": service.folder,
        "path": service.path,
        "name": service.name,
        "purpose": service.purpose,
        "proto": service.proto,
        "http_port": str(service.http_port),
        "grpc_port": str(service.grpc_port),
        "owners_text": _listed((*service.owners, *service.externals)),
        "produces_text": _listed(service.produces),
        "consumes_text": _listed(service.consumes),
        "produces_json": json.dumps(service.produces),
        "dependencies": _dependencies(service),
        "settings": service.settings,
        "addresses": _environment(service, "  "),
        "compose_addresses": _environment(service, "      "),
        "compose_worker": _compose_worker(service) if service.worker else "",
        "told": json.dumps(_TOLD),
        "told_lines": "".join(f'{" " * 16}"{name}": "{value}",\n' for name, value in _TOLD.items()),
        **PYTHON_VALUES,
        **PLATFORM_VALUES,
        "worker_target": " run-worker" if service.worker else "",
        "worker_rule": _WORKER_RULE if service.worker else "",
    }


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"


def _address(key: str, service_id: str, host: str) -> str:
    """`host:port` for RPC, a URL for HTTP; what is outside the mesh is a variable."""
    target = _BY_ID.get(service_id)
    if target is None:
        return f"${{{key.upper()}}}"
    if "grpc" in key:
        return f"{host or target.name}:{target.grpc_port}"
    return f"http://{host or target.name}:{target.http_port}"


def _dependencies(service: DemoService) -> str:
    lines = [
        f"  {key}: {_address(key, service_id, '127.0.0.1')}"
        for key, service_id in addresses(service).items()
    ]
    return "\n".join(["dependencies:", *lines]) if lines else "dependencies: {}"


def _environment(service: DemoService, indent: str) -> str:
    """Where owners are among containers; externals stand for themselves."""
    return "\n".join(
        f"{indent}{key.upper()}: "
        + (
            _address(key, service_id, "")
            if service_id in _BY_ID
            else f"http://{service_id.lower()}"
        )
        for key, service_id in addresses(service).items()
    )


def _compose_worker(service: DemoService) -> str:
    return f"""\
  {service.name}-worker:
    image: demo-mesh/{service.name}:1.0.0
    command:
      - python3
      - cmd/worker/main.py
    environment:
      DATA_DIR: /data
      HTTP_HOST: 0.0.0.0
      WORKER_HTTP_PORT: "{WORKER_PORT}"
{_environment(service, "      ")}
{filled(_HEALTHCHECK, {"http_port": str(WORKER_PORT)})}
    volumes:
      - {service.name}-data:/data
    networks:
      - mesh
"""


_WORKER_RULE = """\
run-worker:
	set -a; . $(MESH)/.env.example; set +a; exec $(PYTHON) cmd/worker/main.py

"""
