"""Judges what somebody asks of a new service against the mesh: everything wrong at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tierline.frozen import frozen
from tierline.mesh import gomod, index
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.graph import build_graph
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import (
    folder_name,
    index_key,
    is_service_id,
    nearest,
    nearest_services,
    short_id,
    slug,
)
from tierline.mesh.tree import Kind, Tree
from tierline.scaffold.blank_mesh import GO
from tierline.scaffold.blank_service import BlankService, blank_service, name_of

_HTTP, _RPC = 8100, 9100
_PORTS = range(1024, 65536)
_OLDEST_GO = (1, 22)
"""the routes of the library need it"""
_HERE = Place("")
LANGUAGES = ("go", "python")
KITS = {"go": "platform/meshkit/service.go", "python": "platform/python/meshkit/service.py"}
"""language -> the file by which the library that services share is known"""
_KIT_SIGNS = {"go": b"func Load(workload string", "python": b"class Service"}


@frozen
class Asked:
    """The options of `init --service`. `owners` are full or short ids; `port` None: choose one."""

    service_id: str
    domain: str
    owners: tuple[str, ...] = ()
    port: int | None = None


def judge(asked: Asked, mesh: Mesh, tree: Tree) -> tuple[Defect, ...]:
    """Every reason why such a service cannot be added to this mesh."""
    broken = tuple(
        one
        for one in mesh.defects
        if one.code.startswith("index/") and one.place.path == tree.shown(index.PATH)
    )
    unread = bool(broken) and not mesh.services
    return (
        *broken,
        *_id(asked, mesh, tree),
        *_domain(asked, mesh),
        *(() if unread else _owners(asked, mesh)),
        *_port(asked, mesh),
        *_language(mesh, tree),
    )


def _id(asked: Asked, mesh: Mesh, tree: Tree) -> Iterator[Defect]:
    name = asked.service_id
    if not is_service_id(name):
        fix = "a letter, digits, `-`, words joined by `-`: M07-Foo-Service"
        yield Defect("init/bad-id", f"{clean(name)} is not a service id", _HERE, fix)
        return
    known = mesh.canonical.architecture or {}
    short = short_id(name)
    for other in sorted({*mesh.services, *known}):
        kind = known.get(other, "microservice")
        same = other.lower() == name.lower()
        waiting = same and other not in mesh.services and kind == "microservice"
        if (same or short_id(other) == short) and not waiting:
            what = "in this mesh" if other in mesh.services else f"a {kind} outside this mesh"
            yield Defect(
                "init/taken", f"{short} is {other}, {what}", _place(mesh, other), _free(mesh)
            )
    if short in (mesh.canonical.retired or ()):
        yield Defect("init/taken", f"{short} is the id of a retired service", _HERE, _free(mesh))
    taken = f"/{folder_name(name)}"
    for path in tree.entries:
        if path.startswith("services/") and path.count("/") == 2 and path.endswith(taken):
            message = f"{tree.shown(path)} exists already"
            yield Defect("init/taken", message, _HERE, "move it away, or give another id")


def _free(mesh: Mesh) -> str:
    """The id that follows the highest of the mesh."""
    known = {*mesh.services, *(mesh.canonical.architecture or ())}
    if not known:
        return "give another id"
    last = max(known, key=index_key)
    letter, digits = last[0], short_id(last)[1:]
    return f"give another id: {letter}{int(digits) + 1:0{len(digits)}} is free"


def _place(mesh: Mesh, service_id: str) -> Place:
    found = mesh.services.get(service_id)
    return found.place if found else _HERE


def _domain(asked: Asked, mesh: Mesh) -> Iterator[Defect]:
    domains = mesh.profile.domains
    if asked.domain not in domains:
        close = nearest(asked.domain, domains) or tuple(domains)
        said = f"{clean(asked.domain)} is no domain of this mesh"
        message = said if asked.domain else "its domain is missing"
        yield Defect("init/unknown-domain", message, _HERE, f"--domain {' or '.join(close)}")


def _owners(asked: Asked, mesh: Mesh) -> Iterator[Defect]:
    known = {*mesh.services, *(mesh.canonical.architecture or ())}
    found: list[str] = []
    for name in asked.owners:
        owner = owner_of(name, mesh)
        if owner is None:
            close = nearest_services(name, known)
            fix = f"did you mean {' or '.join(close)}?" if close else "name a service of the mesh"
            yield Defect("init/unknown-owner", f"nobody knows the owner {clean(name)}", _HERE, fix)
        else:
            found.append(owner)
    owners = {one.service_id: (*one.owners, *one.externals) for one in mesh.services.values()}
    owners[asked.service_id] = tuple(found)
    for cycle in build_graph(owners, dict.fromkeys(owners, 0)).cycles:
        if asked.service_id in cycle:
            said = " -> ".join([*cycle, cycle[0]])
            message = f"it would close the cycle {clean(said, 1000)}"
            yield Defect("init/cycle", message, _HERE, "leave out one of these owners")


def owner_of(name: str, mesh: Mesh) -> str | None:
    """The full id of a service of the mesh, or of a known external, by its full or short id."""
    known = (*mesh.services, *(mesh.canonical.architecture or ()))
    wanted = name.lower()
    return next((one for one in known if wanted in {one.lower(), short_id(one).lower()}), None)


def _port(asked: Asked, mesh: Mesh) -> Iterator[Defect]:
    if asked.port is None:
        return
    if asked.port not in _PORTS:
        fix = f"a number from {_PORTS[0]} to {_PORTS[-1]}"
        yield Defect("init/port", f"{asked.port} is no port for a service", _HERE, fix)
    for service in mesh.services.values():
        for port in service.config.ports if service.config else ():
            if port.number == asked.port:
                message = f"port {asked.port} is the {port.name} port of {service.service_id}"
                yield Defect(
                    "init/port", message, service.place, "leave --port out to get a free one"
                )


def _language(mesh: Mesh, tree: Tree) -> Iterator[Defect]:
    language = mesh.profile.language
    if language not in LANGUAGES:
        message = f"there is no template for services in {clean(language)}"
        yield Defect("init/language", message, _HERE, f"add the folder by hand ({' and '.join(LANGUAGES)} have one)")  # fmt: skip
    elif language == "go":
        if _prefix(mesh) is None:
            message = "no go.mod tells the prefix of this mesh's modules"
            place = Place(tree.shown("platform/go.mod"))
            yield Defect("init/module", message, place, "declare `module PREFIX/platform` in it")
        version = _go(mesh, tree)
        if tuple(map(int, version.split(".")[:2])) < _OLDEST_GO:
            message = f"the mesh is written in Go {version}, and new services need 1.22"
            yield Defect(
                "init/module", message, Place(tree.shown(gomod.WORKSPACE)), "raise it there"
            )


def _prefix(mesh: Mesh) -> str | None:
    """`example.com/shop`, from a module of the mesh whose place is known."""
    places = {folder: folder for folder in ("platform", "contracts")}
    places |= {one.path: one.path for one in mesh.services.values() if one.path}
    for folder, tail in places.items():
        module = mesh.modules.get(folder)
        if module is not None and module.name.endswith(f"/{tail}"):
            return module.name.removesuffix(f"/{tail}")
    return None


def _go(mesh: Mesh, tree: Tree) -> str:
    """The language version that a module of this mesh may have: that of go.work, else of platform."""
    entry = tree.entries.get(gomod.WORKSPACE)
    found = re.search(
        rb"^go\s+([0-9]+\.[0-9]+)", (entry.content if entry else None) or b"", re.MULTILINE
    )
    if found:
        return found[1].decode()
    module = mesh.modules.get("platform")
    version = module.language_version if module else ""
    return ".".join(version.split(".")[:2]) if re.match(r"[0-9]+\.[0-9]", version) else GO


def blank(asked: Asked, mesh: Mesh, tree: Tree) -> BlankService:
    """The service to write, for what `judge` has nothing against."""
    http = asked.port or _free_port(_HTTP, asked.service_id, mesh, frozenset())
    known = {name for one in asked.owners if (name := owner_of(one, mesh))}
    language = mesh.profile.language
    entry = tree.entries.get(KITS[language])
    return BlankService(
        service_id=asked.service_id,
        name=name_of(asked.service_id, mesh.services),
        domain=asked.domain,
        mesh=slug(mesh.name) or "mesh",
        language=language,
        http_port=http,
        grpc_port=_free_port(_RPC, asked.service_id, mesh, frozenset({http})),
        owners={one: _address(mesh, one) for one in sorted(known & mesh.services.keys())},
        externals=tuple(sorted(known - mesh.services.keys())),
        module=_prefix(mesh) or "",
        go=_go(mesh, tree),
        shared_kit=_KIT_SIGNS[language] in ((entry.content if entry else None) or b""),
    )


def _address(mesh: Mesh, owner: str) -> str:
    config = mesh.services[owner].config
    ports = {port.name: port.number for port in config.ports} if config else {}
    return f"http://127.0.0.1:{ports.get('http') or 8080}"


def _free_port(base: int, service_id: str, mesh: Mesh, taken: frozenset[int]) -> int:
    configs = (one.config for one in mesh.services.values() if one.config)
    used = {port.number for config in configs for port in config.ports} | taken
    start = base + index_key(service_id)[0] % 900
    return next(port for port in (*range(start, 65536), *_PORTS) if port not in used)


_TABLE = re.compile(r"(?:var Owners = map\[string\]string|OWNERS = )\{.*?\}", re.DOTALL)
_PROGRAM = "internal/app/"


def is_scaffold(service: Service, mesh: Mesh, tree: Tree) -> bool:
    """Whether the program of a service is the one it was made with; its table of owners aside.

    `tree` has the content of its sources.
    """
    if mesh.profile.language not in LANGUAGES or not service.path:
        return False
    head = f"{service.path}/{_PROGRAM}"
    own = {
        path.removeprefix(f"{service.path}/"): (entry.content or b"").decode(errors="replace")
        for path, entry in tree.entries.items()
        if path.startswith(head) and entry.kind is Kind.FILE and "__pycache__" not in path
    }
    made = blank(Asked(service.service_id, service.domain), mesh, tree)
    for shared in (True, False):
        files = dict(blank_service(replace(made, shared_kit=shared)))
        program = {
            path.removeprefix(f"{service.path}/"): text
            for path, text in files.items()
            if path.startswith(head)
        }
        if {p: _TABLE.sub("", t) for p, t in own.items()} == {
            p: _TABLE.sub("", t) for p, t in program.items()
        }:
            return True
    return False
