"""Which of the local guide concerns a service, and which the mesh as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tierline.context.facts import Facts
from tierline.context.model import Local, Program
from tierline.mesh.folders import USUAL
from tierline.mesh.local_dev import Command
from tierline.mesh.makefile import PATH as MAKEFILE
from tierline.mesh.makefile import parse_targets
from tierline.mesh.model import Mesh, Service
from tierline.mesh.names import folder_name, slug

_WHOLE = re.compile(
    r"(?i)\b(?:(?:whole|entire) mesh|all (?:the )?services|(?:mesh|repo(?:sitory)?)(?:'s)? root|infrastructure"
    r"|above (?:it|the mesh)|once)\b"
)
_FOLDER = re.compile(r"(?i)\b(?:its|the|a|each) (?:service'?s? )?(?:own )?(?:folder|directory)")
_MESH_PROGRAMS = frozenset({
    "tierline", "docker", "docker-compose", "podman", "kubectl", "helm", "tilt", "skaffold", "kind",
    "k3d", "minikube", "cp", "mkdir", "cd", "export", "source", "bash", "sh", "git", "curl", "psql",
    "createdb", "redis-cli",
})  # fmt: skip
_LANGUAGES = {
    "go": "go", "python": "python", "python3": "python", "pytest": "python", "npm": "node",
    "pnpm": "node", "yarn": "node", "node": "node", "npx": "node",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z0-9]+")


class Concerns:
    """Tells of which services a text speaks; names are compared word by word, in lower case."""

    def __init__(self, services: Iterable[str]) -> None:
        self._ids: dict[str, str] = {}
        for name in services:
            for alias in (name, folder_name(name), slug(name.partition("-")[2])):
                self._ids[slug(alias)] = name
            self._ids[name.partition("-")[0].lower()] = name
        words = sorted(self._ids, key=len, reverse=True)
        joined = "|".join(map(re.escape, words)) or "(?!)"
        self._pattern = re.compile(rf"(?<![a-z0-9-])(?:{joined})(?![a-z0-9-])")

    def named(self, text: str) -> frozenset[str]:
        """The services that a text names."""
        return frozenset(self._ids[match[0]] for match in self._pattern.finditer(text.lower()))


def is_of_mesh(command: Command, concerns: Concerns) -> bool:
    """Whether a command is typed once for the mesh, not in each service's folder."""
    program = _program(command.text)
    around = f"{command.section} {command.about}"
    named = concerns.named(command.text)
    return program in _MESH_PROGRAMS or bool(_WHOLE.search(around)) or bool(named)


def _program(text: str) -> str:
    words = (word for word in text.split() if "=" not in word)
    return next(words, "")


def local_of(service: Service, facts: Facts, concerns: Concerns) -> Local:
    """What the guide says that applies to a service, and what of it runs."""
    name = service.service_id
    programs = tuple(Program(one.name, one.language, one.entry) for one in service.workloads)
    if not programs and service.path:
        message = f"{name} has no workload that the profile {facts.mesh.profile.name} knows"
        facts.inputs.remark("no-workload", message, service.place, "", name)
    guide = facts.local_dev
    targets = _targets(service, facts)
    commands: list[Command] = []
    for command in guide.commands if guide else ():
        if not _applies(command, service, facts.mesh, concerns):
            continue
        lacking = _lacking(command.text, targets)
        if lacking and _FOLDER.search(f"{command.section} {command.about}"):
            message = f"the Makefile of {name} has no target {lacking}"
            facts.inputs.remark("no-target", message, command.place, "", name)
        if not lacking:
            commands.append(command)
    sentences = (*guide.prerequisites, *guide.statements) if guide else ()
    said = (one for one in sentences if name in concerns.named(one.text))
    return Local(programs, guide is not None, tuple(commands), tuple(said))


def _applies(command: Command, service: Service, mesh: Mesh, concerns: Concerns) -> bool:
    named = concerns.named(command.text)
    if named:
        return service.service_id in named
    if is_of_mesh(command, concerns):
        return False
    language = _LANGUAGES.get(_program(command.text))
    own = {one.language for one in service.workloads}
    if language is not None and own and language not in own:
        return False
    workloads = {one.name for one in service.workloads}
    known = {*USUAL, *mesh.profile.required_workloads}
    asked = known & set(_WORD.findall(command.text.lower()))
    return not asked - workloads


def _targets(service: Service, facts: Facts) -> frozenset[str] | None:
    """The targets of its Makefile; None where nobody can say them all."""
    path = f"{service.path}/{MAKEFILE}"
    entry = facts.inputs.tree.entries.get(path) if service.path else None
    if entry is None or entry.content is None:
        return None
    return parse_targets(entry.content, path)


def _lacking(text: str, targets: frozenset[str] | None) -> str:
    words = text.split()
    if targets is None or words[:1] != ["make"] or "-C" in words:
        return ""
    asked = (word for word in words[1:] if not word.startswith("-") and "=" not in word)
    return next((word for word in asked if word not in targets), "")


def mesh_commands(facts: Facts, concerns: Concerns) -> tuple[Command, ...]:
    """The commands of the guide that are typed once for the mesh."""
    guide = facts.local_dev
    return tuple(one for one in guide.commands if is_of_mesh(one, concerns)) if guide else ()
