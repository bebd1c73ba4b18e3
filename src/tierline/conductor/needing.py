"""What a mesh needs of this machine, and what to ask the machine about; runs nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tierline.conductor.place import Place
from tierline.conductor.workspace import LOCAL, Workspace, open_workspace
from tierline.errors import PermanentError, TierlineError, UsageError
from tierline.evidence.content import Content
from tierline.evidence.folder import Depth
from tierline.evidence.git import root_commit
from tierline.evidence.git_program import within
from tierline.evidence.machine.folders import Wanted
from tierline.evidence.machine.gather import Asked
from tierline.evidence.machine.repository import SECONDS
from tierline.evidence.root import find_root
from tierline.frozen import frozen
from tierline.machine.model import Minimum, Needs, Outside, Services
from tierline.machine.tools import LANGUAGES
from tierline.machine.version import at_least, is_older
from tierline.mesh.config import PATH as CONFIG
from tierline.mesh.model import Mesh, Service
from tierline.mesh.owner_keys import match_owner, pointed
from tierline.targets.asking.addresses import Address
from tierline.targets.local.paths import Folders, identity, places
from tierline.targets.local.render import Neighbour, Surroundings, render

_K = TypeVar("_K", str, int)
_NO_MESH = "settings/no-mesh"
_CONTRACTS = (
    ("buf", "contracts/proto/", (".proto",)),
    ("oasdiff", "contracts/openapi/", (".yaml", ".yml", ".json")),
)


@frozen
class Examined:
    """A mesh's needs, and the questions that follow from them."""

    needs: Needs
    asked: Asked


def needing(place: Place, environ: Mapping[str, str]) -> Examined:
    """Of the mesh at a place; of no mesh where there is none, of one with trouble where it is bad.

    UsageError where the command line itself is wrong.
    """
    try:
        workspace = open_workspace(place, Depth.MESH)
    except TierlineError as error:
        if error.code == _NO_MESH and place.root_path is None:
            return Examined(Needs(), _asked(environ, None, Needs(), "machine"))
        if isinstance(error, UsageError) and not _is_of_mesh(error):
            raise
        return _unusable(place, environ, error)
    needs = _needs(workspace)
    try:
        where = _identity(workspace)
    except TierlineError:
        where = "machine"
    return Examined(needs, _asked(environ, workspace.root, needs, where))


def _is_of_mesh(error: UsageError) -> bool:
    """Whether it is the mesh that is unusable, and not the way in which it was asked for."""
    return not error.code.startswith("usage/") and error.code not in {"settings/root", _NO_MESH}


def _unusable(place: Place, environ: Mapping[str, str], error: TierlineError) -> Examined:
    root = find_root(Path.cwd(), place.root_path)
    environment = place.environment or environ.get("TIERLINE_ENV") or LOCAL
    needs = Needs(root.name, environment, trouble=error.message, fix=error.fix)
    return Examined(needs, _asked(environ, root, needs, "machine"))


def _identity(workspace: Workspace) -> str:
    name = workspace.mesh.settings.name
    with within(SECONDS):
        commit = "" if name else root_commit(workspace.root)
    return identity(workspace.environment, workspace.root, name, commit)


def _needs(workspace: Workspace) -> Needs:
    mesh = workspace.mesh
    languages: dict[str, list[str]] = {}
    programs: dict[str, list[str]] = {}
    ports: dict[int, list[str]] = {}
    for service in mesh.services.values():
        for language in sorted({w.language for w in service.workloads} & LANGUAGES.keys()):
            languages.setdefault(language, []).append(service.service_id)
        for program in sorted({w.argv[0] for w in service.workloads if w.argv}):
            if "/" not in program:
                programs.setdefault(program, []).append(service.service_id)
        for port in service.config.ports if service.config else ():
            if port.number:
                ports.setdefault(port.number, []).append(service.service_id)
    return Needs(
        mesh=mesh.name,
        environment=workspace.environment,
        target=workspace.policy.target,
        named=bool(mesh.settings.name),
        services=tuple(mesh.services),
        languages=_frozen(languages),
        minimum=_minimum(mesh),
        programs=_frozen(programs),
        ports=_frozen(ports),
        addresses=_addresses(workspace) if workspace.policy.target == LOCAL else {},
        contracts=frozenset(_contract_tools(workspace.tree.entries)),
    )


def _frozen(found: Mapping[_K, list[str]]) -> dict[_K, Services]:
    return {key: tuple(dict.fromkeys(names)) for key, names in found.items()}


def _minimum(mesh: Mesh) -> dict[str, Minimum]:
    """The newest version that some service, or a local module it builds from, asks for."""
    found: dict[str, Minimum] = {}
    for service in mesh.services.values():
        for language in {w.language for w in service.workloads} & LANGUAGES.keys():
            for version in _asked_by(service, mesh):
                wanted = version if language == "go" else at_least(version)
                known = found.get(language)
                if wanted and (known is None or is_older(known.version, wanted)):
                    found[language] = Minimum(wanted, service.service_id)
    return found


def _asked_by(service: Service, mesh: Mesh) -> Iterable[str]:
    if service.module is None:
        return
    yield service.module.language_version
    for local in service.module.local:
        if local.path in mesh.modules:
            yield mesh.modules[local.path].language_version


def _contract_tools(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        for tool, folder, endings in _CONTRACTS:
            if path.startswith(folder) and path.endswith(endings):
                yield tool


def _addresses(workspace: Workspace) -> dict[str, Outside]:
    """`host:port` of what services need besides the mesh, as their configurations have it here.

    One that cannot be rendered is a finding of `check`, not of this machine.
    """
    found: dict[str, Outside] = {}
    for service in workspace.mesh.services.values():
        for key, one in _infrastructure(workspace, service):
            named = pointed(workspace.mesh, service.service_id).get(key)
            external = named or match_owner(key, service.externals)
            address = f"{one.host}:{one.port}"
            known = found.get(address, Outside(external or key, (), bool(external)))
            names = tuple(dict.fromkeys((*known.services, service.service_id)))
            found[address] = replace(known, services=names)
    return found


def _infrastructure(workspace: Workspace, service: Service) -> Iterable[tuple[str, Address]]:
    """Key and address of what one service's configuration names beside the mesh."""
    mesh = workspace.mesh
    path = f"{service.path}/{CONFIG}"
    text = Content.below(workspace.root).read(path) if service.path else None
    if text is None:
        return
    pointing = pointed(mesh, service.service_id)
    meant = {*service.owners, *pointing.values()} & mesh.services.keys()
    around = Surroundings(
        shown_path=CONFIG,
        ports={},
        owners=service.owners,
        pointed=pointing,
        neighbours=dict.fromkeys(meant, Neighbour({})),
        variables=mesh.variables,
    )
    try:
        rendered = render(text.decode("utf-8", "replace"), around)
    except PermanentError:
        return
    for key, addresses in rendered.infrastructure.items():
        for one in addresses:
            yield key, one


def _asked(environ: Mapping[str, str], root: Path | None, needs: Needs, where: str) -> Asked:
    asked = Asked(
        environ,
        root=root,
        programs=tuple(needs.programs),
        ports=tuple(needs.ports) if needs.local else (),
        addresses=tuple(sorted(needs.addresses)),
    )
    try:
        found = places(where, environ)
    except UsageError as error:
        return replace(asked, homeless=error.message)
    wanted = _wanted(found, of_mesh=where != "machine")
    return replace(asked, wanted=wanted, journal=found.state / "journal.db")


def _wanted(found: Folders, *, of_mesh: bool) -> tuple[Wanted, ...]:
    """The three folders with those of ours around them; of a machine only the outer ones."""
    runtime = "XDG_STATE_HOME" if found.state in found.runtime.parents else "XDG_RUNTIME_DIR"
    state, run = (found.state.parent, found.state), (found.runtime.parent, found.runtime)
    if not of_mesh:
        state, run = state[:1], (state[:1] if runtime == "XDG_STATE_HOME" else run[:1])
    return (
        Wanted("state", "XDG_STATE_HOME", state),
        Wanted("runtime", runtime, run),
        Wanted("cache", "XDG_CACHE_HOME", (found.cache,)),
    )
