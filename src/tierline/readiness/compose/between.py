"""Part of gate compose: Compose files beside each other, and those of the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.compose import PATH
from tierline.mesh.compose_file import Named, Part, Published
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import folder_name
from tierline.mesh.tree import Kind, Tree
from tierline.policy.model import Policy
from tierline.readiness.compose.composition import (
    BASE,
    FOLDER,
    SERVICES,
    Composition,
    is_environment_file,
)
from tierline.readiness.compose.environment import environment_files
from tierline.readiness.compose.parts import Located, judge_parts
from tierline.readiness.compose.paths import way
from tierline.readiness.compose.reading import composition_of
from tierline.readiness.compose.service import calls, is_called
from tierline.readiness.facts import GateFacts, facts_of_services


@frozen
class _Whole:
    """The Compose files of a mesh: those of the environment by path, and each service's."""

    mesh: Mesh
    files: Mapping[str, Located]
    own: Mapping[str, Composition]

    def declared(self, kind: str, *paths: str) -> set[str]:
        """What the files of the environment declare of a kind."""
        files = (self.files[path].file for path in paths or self.files if path in self.files)
        return {name for file in files for name in file.declares[kind]}

    def names(self) -> set[str]:
        """Every service of every Compose file."""
        parts = (part.name for one in self.files.values() for part in one.file.parts)
        own = (part.text for one in self.own.values() for part in one.parts)
        return {*parts, *own}


def judge_compose(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """The files of the environment, and what no service's file can be judged by alone."""
    files: dict[str, Located] = {}
    read = environment_files(facts.tree) if facts.compose_files is None else facts.compose_files
    for path, entry in facts.tree.entries.items():
        if not is_environment_file(path) or entry.kind is Kind.FOLDER:
            continue
        shown = facts.tree.shown(path)
        if path not in read:
            message = f"cannot be read: {entry.trouble or 'its content was not gathered'}"
            yield Defect("compose/unreadable", message, Place(shown), "make it a readable file")
            continue
        file, defects = read[path]
        yield from defects
        if file is not None:
            files[path] = Located(path, file)
    if facts.composed is None and facts.judged is not None:
        message = "Compose files of services were not compared with each other"
        yield Defect("compose/not-judged", message, Place(facts.tree.shown(FOLDER)), "check again")
    whole = _Whole(mesh, files, _compositions(mesh, facts, policy))
    yield from _environment(whole, facts.tree)
    if SERVICES in files:
        yield from _listed(whole, files[SERVICES], facts.tree)
    names = frozenset(whole.names())
    for service_id, composition in whole.own.items():
        yield from _fits(mesh.services[service_id], composition, (whole, names), facts.tree)
    yield from _twice(whole)


def _compositions(mesh: Mesh, facts: GateFacts, policy: Policy) -> Mapping[str, Composition]:
    if facts.composed is not None:
        return facts.composed
    each = facts_of_services(mesh, facts.tree, policy)
    return {one.service.service_id: composition_of(one) for one in each}


def _environment(whole: _Whole, tree: Tree) -> Iterator[Defect]:
    """Files of the environment by themselves, and what they wait for."""
    names = whole.names()
    lost = {folder_name(one.service_id) for one in whole.mesh.services.values() if not one.path}

    def exists(path: str) -> bool | None:
        return None if lost & set(path.split("/")) else _exists(path, tree)

    for located in whole.files.values():
        yield from judge_parts(located, exists)
        for part in located.file.parts:
            for name in part.waits_for:
                if name.text not in names:
                    yield _unknown(located, part.name, name)


def _exists(path: str, tree: Tree) -> bool | None:
    """What lies inside a service's folder is for that service to say."""
    if path.startswith("services/") and path.count("/") > 2 and path not in tree.entries:
        return None if "/".join(path.split("/")[:3]) in tree.entries else False
    return not path or path in tree.entries


def _listed(whole: _Whole, listing: Located, tree: Tree) -> Iterator[Defect]:
    """Every service is started with the others, from the file and under the name that it has."""
    folder = dirname(SERVICES)
    named: dict[str, list[Part]] = {}
    for part in listing.file.parts:
        paths = [way(reach, folder).path for reach in part.reaches]
        for path in paths or [f"/{part.name}"]:
            named.setdefault("/".join(path.split("/")[:3]), []).append(part)
    for reach in listing.file.reaches:
        named.setdefault("/".join(way(reach, folder).path.split("/")[:3]), [])
    names = "\n".join(part.name for part in listing.file.parts)
    for service in whole.mesh.services.values():
        parts = named.get(service.path)
        if service.path and parts is None and not is_called(names, calls(service)):
            message = f"{SERVICES} does not have {service.service_id}"
            fix = f"extend its services there: file: ../../{service.path}/{PATH}"
            place = Place(tree.shown(SERVICES))
            yield Defect("compose/not-listed", message, place, fix, service.service_id)
        own = whole.own.get(service.service_id, Composition())
        yield from _programs(parts or [], service, own, Place(tree.shown(SERVICES)))
        for part in parts or ():
            yield from _extends(part, service, own, whole)


def _programs(
    parts: list[Part], service: Service, own: Composition, place: Place
) -> Iterator[Defect]:
    """Of a service that is taken over piece by piece, each of its programs is."""
    taken = {part.extended[0].text for part in parts if part.extended is not None}
    known = {one.text for one in own.parts}
    for one in own.parts if taken and taken <= known else ():
        if one.text not in taken and is_called(one.text, calls(service)):
            message = f"{SERVICES} does not have {clean(one.text)} of {service.service_id}"
            fix = f"extend it there: file: ../../{service.path}/{PATH}"
            yield Defect("compose/not-listed", message, place, fix, service.service_id)


def _extends(part: Part, service: Service, own: Composition, whole: _Whole) -> Iterator[Defect]:
    """The service that an entry takes over is in that file; what it mounts is declared beside it."""
    if part.extended is None or not part.extended[1]:
        return
    taken, file = part.extended
    if normpath(join(dirname(SERVICES), file)) != f"{service.path}/{PATH}":
        return
    names = [one.text for one in own.parts]
    if names and taken.text not in names:
        message = f"{clean(part.name)} extends {clean(taken.text)}, which {service.path}/{PATH} "
        message += f"does not have, only {clean(', '.join(names), 200)}"
        yield Defect("compose/unknown-service", message, taken.place, "", service.service_id)
    declared = whole.declared("volumes")
    for kind, name in own.uses:
        if (
            kind == "volumes"
            and name.text not in declared
            and ("volumes", name.text) in own.declares
        ):
            message = (
                f"volume {clean(name.text)} is not declared beside {SERVICES}, which takes over"
            )
            message += f" {clean(taken.text)} and not the volumes of its file"
            fix = f"add it to `volumes:` of {SERVICES}"
            yield Defect("compose/undeclared", message, name.place, fix, service.service_id)


def _fits(
    service: Service, own: Composition, others: tuple[_Whole, frozenset[str]], tree: Tree
) -> Iterator[Defect]:
    """What one service's file needs of the others; these come with all of their names."""
    name = service.service_id
    whole, located = others
    for waited in own.waits_for:
        if waited.text not in located:
            yield _unknown(name, name, waited)
    base = whole.declared("networks", BASE)
    for kind, used in dict.fromkeys(own.uses):
        declared = (kind, used.text) in own.declares
        if used.text == "default" and kind == "networks":
            continue
        if not declared and used.text not in whole.declared(kind):
            message = f"{kind[:-1]} {clean(used.text)} is declared nowhere"
            fix = f"declare it under `{kind}:` of this file"
            yield Defect("compose/undeclared", message, used.place, fix, name)
        elif kind == "networks" and BASE in whole.files and used.text not in base:
            message = f"network {clean(used.text)} is not one of {BASE}, so nobody else is in it"
            fix = (
                f"use {' or '.join(sorted(map(clean, base)))}" if base else f"declare it in {BASE}"
            )
            yield Defect("compose/network-not-in-base", message, used.place, fix, name)
    for path, reach in own.far:
        if _exists(path, tree) is False:
            message = (
                f"{reach.what} {clean(reach.text)} does not exist: there is no {clean(path, 200)}"
            )
            yield Defect("compose/missing-path", message, reach.place, "correct it", name)


def _unknown(where: Located | str, name: str, waited: Named) -> Defect:
    message = f"{clean(name)} waits for {clean(waited.text)}, which no Compose file has"
    service_id = where if isinstance(where, str) else where.service_id
    fix = "name a service of a Compose file of this mesh"
    return Defect("compose/unknown-dependency", message, waited.place, fix, service_id)


def _twice(whole: _Whole) -> Iterator[Defect]:
    """Ports of the host and names that two services want."""
    ports: dict[tuple[int, str], tuple[str, Published]] = {}
    names: dict[str, str] = {}
    for service_id, own in whole.own.items():
        for port in own.published:
            first, other = ports.setdefault((port.port or 0, port.protocol), (service_id, port))
            if other is not port and _meet(other.host, port.host):
                message = f"port {port.port} of the host is published by {first}, too"
                fix = "publish another one, or none: services reach each other without"
                yield Defect("compose/port-twice", message, port.place, fix, service_id)
        for part in own.parts:
            first = names.setdefault(part.text, service_id)
            if first != service_id:
                message = f"{clean(part.text)} is the name of a service of {first}, too"
                fix = "give it a name of its own: together, one would replace the other"
                yield Defect("compose/name-twice", message, part.place, fix, service_id)


def _meet(one: str, other: str) -> bool:
    everywhere = {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    return one == other or one in everywhere or other in everywhere
