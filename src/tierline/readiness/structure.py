"""Gate structure: are the files and folders of the profile there, as what they should be?

Parsers have found what cannot be read and which folders belong to no service; this judges what the
profile asks for. Of contents it reads only the Go that makes a service buildable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh, Service
from tierline.mesh.profile import Profile
from tierline.mesh.tree import Kind, Tree
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts
from tierline.readiness.languages import foreign, is_of, run_lines, usual
from tierline.readiness.structure_go import judge_go

_SERVICES = "services"
_KEEP = ".gitkeep"
_PATH_LIMIT = 300
"""characters of a path that a finding shows"""


@frozen
class _Layout:
    """The tree, and the folders that hold anything but a `.gitkeep`."""

    tree: Tree
    occupied: frozenset[str]

    def place(self, path: str) -> Place:
        return Place(clean(self.tree.shown(path), _PATH_LIMIT))


def judge_structure(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Every required path that is missing or not what it should be, and every odd folder."""
    del policy
    parts = (path.rpartition("/") for path in facts.tree.entries)
    layout = _Layout(facts.tree, frozenset(folder for folder, _, name in parts if name != _KEEP))
    for path in mesh.profile.mesh_files:
        yield from _required_file("", path, None, layout)
    for path in mesh.profile.mesh_folders:
        yield from _required_folder(path, layout)
    files = _files_of_services(mesh, facts.tree)
    strange: dict[str, str] = {}
    for service in mesh.services.values():
        if service.path:
            other = foreign(service, mesh.profile, files[service.path])
            if other:
                strange[service.service_id] = other
            yield from _service(service, other, files[service.path], mesh.profile, layout)
    yield from _unknown_domains(mesh, layout)
    if mesh.profile.language == "go":
        yield from judge_go(mesh, facts.tree, frozenset(strange))


def _files_of_services(mesh: Mesh, tree: Tree) -> Mapping[str, list[str]]:
    """Folder of a service -> its files, relative to it."""
    found: dict[str, list[str]] = {one.path: [] for one in mesh.services.values()}
    for path, entry in tree.entries.items():
        parts = path.split("/", 3)
        if len(parts) == 4 and entry.kind is Kind.FILE:
            own = found.get("/".join(parts[:3]))
            if own is not None:
                own.append(parts[3])
    return found


def _service(
    service: Service, other: str, files: list[str], profile: Profile, layout: _Layout
) -> Iterator[Defect]:
    """The required files of one service, but those of the mesh's language in one of another."""
    place = layout.place(service.path)
    if other:
        yield Defect(
            "structure/other-language",
            f"written for {clean(other)}, in a mesh of {profile.language}: files that only "
            f"{profile.language} needs are not asked of it",
            place,
            "nothing locally; beyond local it needs the files of the profile, or a waiver",
            service.service_id,
        )
    if not service.workloads:
        yield _nothing_runs(service, files, place)
    for path in profile.service_files:
        if not (other and is_of(profile.language, path)):
            yield from _required_file(f"{service.path}/", path, service.service_id, layout)


def _nothing_runs(service: Service, files: list[str], place: Place) -> Defect:
    argv = usual(files) or ("PROGRAM", "ARGUMENT")
    return Defect(
        "structure/nothing-runs",
        "nothing of it can be started: it has no cmd/*/main.go, cmd/*/main.py, no script api or "
        "worker in package.json, and no command in tierline.toml",
        place,
        f"add it, or say in tierline.toml how it starts:\n{run_lines(service.service_id, argv)}",
        service.service_id,
    )


def _required_file(
    base: str, name: str, service_id: str | None, layout: _Layout
) -> Iterator[Defect]:
    """What is wrong with one required file; a `.gitkeep` is due only in a folder otherwise empty."""
    entry = layout.tree.entries.get(base + name)
    folder, _, last = (base + name).rpartition("/")
    place, shown = layout.place(base + name), clean(name, _PATH_LIMIT)
    if entry is None:
        if last != _KEEP or folder not in layout.occupied:
            message = f"required file {shown} is missing"
            yield Defect("structure/missing-file", message, place, "create it", service_id)
    elif entry.kind is Kind.FOLDER:
        message = f"{shown} is a folder, and a regular file is required"
        yield Defect("structure/not-a-file", message, place, "replace it by a file", service_id)
    elif entry.kind is Kind.FILE and not entry.size and last != _KEEP:
        message = f"required file {shown} is empty"
        yield Defect("structure/empty-file", message, place, "write what belongs in it", service_id)


def _required_folder(path: str, layout: _Layout) -> Iterator[Defect]:
    entry = layout.tree.entries.get(path)
    if entry is None or entry.kind is not Kind.FOLDER:
        shown = clean(path, _PATH_LIMIT)
        what = "missing" if entry is None else "not a folder"
        yield Defect(
            "structure/missing-folder",
            f"required folder {shown} is {what}",
            layout.place(path),
            f"create the folder {shown}",
        )


def _unknown_domains(mesh: Mesh, layout: _Layout) -> Iterator[Defect]:
    """Folders below `services` that are no domain of the profile: no gate looks into them."""
    for path, entry in layout.tree.entries.items():
        top, _, name = path.partition("/")
        if top != _SERVICES or not name or "/" in name or entry.kind is not Kind.FOLDER:
            continue
        if name not in mesh.profile.domains and not name.startswith("."):
            yield Defect(
                "structure/unknown-domain-folder",
                f"{clean(name)} is none of the domains {', '.join(mesh.profile.domains)}",
                layout.place(path),
                "move its services into a domain, or declare the domain in tierline.toml",
            )
