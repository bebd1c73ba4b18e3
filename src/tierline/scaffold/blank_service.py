"""The files of a new service that runs and has no business code yet; knows no disk.

It serves health, readiness that names the owners it asked, and one route that says who it is. The
library that it needs is the mesh's own where the mesh has it, else a copy inside the service.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh.declared import HTTP, Declaration
from tierline.mesh.names import folder_name, short_id, slug
from tierline.mesh.owner_keys import match_owner, tokens
from tierline.scaffold.apis import Api, Operation
from tierline.scaffold.contract_files import openapi
from tierline.scaffold.service_files import PLATFORM_VALUES, PYTHON_VALUES
from tierline.scaffold.template import filled, templates

LONGEST_NAME = 56
"""characters of a name in manifests, so that `-worker` still fits into a label"""
ABOUT = Api(
    (Operation("GET /about", "about", "About"),),
    {"About": {"service": "string", "reads": "integer"}},
)
_KIT = {"go": "go-mesh/platform/meshkit", "python": "python-mesh/platform/python/meshkit"}
"""language -> the templates of the library that services share"""


@frozen
class BlankService:
    """A service to be written. `name` is what manifests call it. `owners` maps the owners inside the mesh to where they listen.

    `module` is the prefix of the mesh's Go modules, `go` their language version. `shared_kit`: the
    mesh has the library in `platform/`.
    """

    service_id: str
    name: str
    domain: str
    mesh: str
    language: str
    http_port: int
    grpc_port: int
    owners: Mapping[str, str] = field(default_factory=dict[str, str])
    externals: tuple[str, ...] = ()
    module: str = ""
    go: str = ""
    shared_kit: bool = True

    purpose = "something that nobody has written down yet"

    @property
    def folder(self) -> str:
        """`M02-profile-service`."""
        return folder_name(self.service_id)

    @property
    def path(self) -> str:
        """Its folder relative to the mesh root."""
        return f"services/{self.domain}/{self.folder}"

    @property
    def declaration(self) -> Declaration:
        """What the index says of it."""
        return Declaration(
            self.service_id, self.domain, (*self.owners, *self.externals), provides=(HTTP,)
        )


def name_of(service_id: str, others: Iterable[str]) -> str:
    """What manifests call a service: a DNS label, and none that one of the others may have.

    Its own name where that is free, else with its short id in front.
    """
    short = slug(service_id.partition("-")[2])
    own = short[:LONGEST_NAME].strip("-")
    taken = {slug(other.partition("-")[2])[:LONGEST_NAME].strip("-") for other in others}
    workers = {f"{name}-worker" for name in taken}
    if own[:1].isalpha() and not {own, f"{own}-worker"} & (taken | workers):
        return own
    return slug(service_id)[:LONGEST_NAME].strip("-")


def keys_of(owners: Iterable[str]) -> Mapping[str, str]:
    """Owner -> the key of its address: its name, with its short id where the name alone is unclear."""
    names = tuple(owners)
    keys: dict[str, str] = {}
    for owner in names:
        own = "_".join([*tokens(owner.partition("-")[2]), "http", "url"])
        clear = match_owner(own, names) == owner
        keys[owner] = own if clear else f"{short_id(owner).lower()}_{own}"
    return keys


def blank_service(new: BlankService) -> Iterator[tuple[str, str]]:
    """(path below the mesh root, text) of every file of its own, its contract included."""
    values = _values(new)
    folders = ["service", f"service-{new.language}"]
    folders += ["worker"] if new.language == "go" else ["service-blank-python"]
    found: dict[str, str] = {}
    for folder in folders:
        found |= {path: filled(text, values) for path, text in templates(folder)}
    if not new.shared_kit:
        kit = templates(_KIT[new.language])
        found |= {f"internal/meshkit/{path}": text for path, text in kit}
    for kind in ("unit", "integration", "contract"):
        if not any(path.startswith(f"tests/{kind}/") for path in found):
            found[f"tests/{kind}/.gitkeep"] = ""
    yield from ((f"{new.path}/{path}", text) for path, text in found.items())
    yield f"contracts/openapi/{new.folder}.yaml", openapi(new, ABOUT)


def _values(new: BlankService) -> dict[str, str]:
    keys = keys_of(new.owners)
    lines = sorted(f"  {key}: {new.owners[owner]}" for owner, key in keys.items())
    return {
        "mesh": new.mesh,
        "service_id": new.service_id,
        "domain": new.domain,
        "folder": new.folder,
        "path": new.path,
        "name": new.name,
        "purpose": new.purpose,
        "proto": "",
        "http_port": str(new.http_port),
        "grpc_port": str(new.grpc_port),
        "owners_text": ", ".join((*new.owners, *new.externals)) or "nobody",
        "produces_text": "nothing",
        "consumes_text": "nothing",
        "produces_json": "[]",
        "dependencies": "\n".join(["dependencies:", *lines]) if lines else "dependencies: {}",
        "settings": "",
        "addresses": "",
        "compose_addresses": "",
        "told": "{}",
        "told_lines": "",
        "worker_target": "",
        "worker_rule": "",
        **(_go_values(new, keys) if new.language == "go" else _python_values(new, keys)),
    }


def _python_values(new: BlankService, keys: Mapping[str, str]) -> dict[str, str]:
    own = {"copy_platform": "", "dependencies_toml": "[]", "sources_toml": ""}
    return {
        **PYTHON_VALUES,
        **(PLATFORM_VALUES if new.shared_kit else own),
        "compose_worker": "",
        "owners_py": ", ".join(f"{json.dumps(o)}: {json.dumps(k)}" for o, k in keys.items()),
    }


def _go_values(new: BlankService, keys: Mapping[str, str]) -> dict[str, str]:
    module = f"{new.module}/{new.path}"
    platform = f"{new.module}/platform"
    kit = f"{platform}/meshkit" if new.shared_kit else f"{module}/internal/meshkit"
    requires = f"\nrequire {platform} v0.0.0\n\nreplace {platform} => ../../../platform"
    imports = sorted((kit, f"{module}/internal/app/bootstrap"))
    return {
        "module": module,
        "go": new.go,
        "kit": kit,
        "requires": requires if new.shared_kit else "",
        "imports": "\n".join(f'\t"{one}"' for one in imports),
        "owners_go": _go_map(keys),
        "healthcheck": "    healthcheck:\n      test:\n        - CMD\n        - /api\n        - healthcheck",
        "worker_command": "            - /worker",
        "compose_worker": _GO_WORKER.format(mesh=new.mesh, name=new.name),
    }


def _go_map(keys: Mapping[str, str]) -> str:
    """The inside of a map literal as gofmt writes it: values in one column."""
    if len(keys) < 2:
        return "".join(f"{json.dumps(owner)}: {json.dumps(key)}" for owner, key in keys.items())
    width = max(map(len, keys)) + 3
    rows = (f"\t{json.dumps(o) + ':':{width}} {json.dumps(key)},\n" for o, key in keys.items())
    return "\n" + "".join(rows)


_GO_WORKER = """\
  {name}-worker:
    image: {mesh}/{name}:1.0.0
    entrypoint:
      - /worker
    environment:
      DATA_DIR: /data
      HTTP_HOST: 0.0.0.0
      WORKER_HTTP_PORT: "8080"
    healthcheck:
      test:
        - CMD
        - /worker
        - healthcheck
    volumes:
      - {name}-data:/data
    networks:
      - mesh
"""
