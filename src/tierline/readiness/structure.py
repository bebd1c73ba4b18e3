"""Gate structure: are the files and folders of the profile there, as what they should be?

Parsers have found what cannot be read and which folders belong to no service; this judges what the
profile asks for. Of contents it reads only what makes a service buildable, and whether it does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh, Service
from tierline.mesh.tree import Entry, Kind, Tree
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts, ServiceFacts
from tierline.readiness.languages import foreign, is_of, run_lines, usual
from tierline.readiness.placeholder import judge_placeholders
from tierline.readiness.structure_go import judge_go

_SERVICES = "services"
_KEEP = ".gitkeep"
_PATH_LIMIT = 300
"""characters of a path that a finding shows"""


def judge_structure(mesh: Mesh, facts: GateFacts, policy: Policy) -> Iterator[Defect]:
    """Required paths of the mesh itself, and folders where domains belong that are none."""
    del policy
    tree = facts.tree
    for path in mesh.profile.mesh_files:
        yield from _required_file(path, None, _Files(tree.entries, tree.shown))
    for path in mesh.profile.mesh_folders:
        yield from _required_folder(path, tree)
    yield from _unknown_domains(mesh, tree)


def judge_service_structure(facts: ServiceFacts) -> Iterator[Defect]:
    """Required files of one service, but those of the mesh's language in one of another."""
    service, profile = facts.service, facts.around.profile
    if not service.path:
        return
    files = [path for path, entry in facts.files.items() if entry.kind is Kind.FILE]
    other = foreign(service, profile, files)
    place = Place(clean(facts.shown(""), _PATH_LIMIT))
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
    own = _Files(facts.files, facts.shown)
    for path in profile.service_files:
        if not (other and is_of(profile.language, path)):
            yield from _required_file(path, service.service_id, own)
    if profile.language == "go" and not other:
        yield from judge_go(facts)
    yield from judge_placeholders(facts)


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


@frozen
class _Files:
    """Paths of a folder with what they are, and how findings print one of them."""

    entries: Mapping[str, Entry]
    shown: Callable[[str], str]

    def is_occupied(self, folder: str) -> bool:
        """Whether anything but a `.gitkeep` lies directly in a folder."""
        parts = (path.rpartition("/") for path in self.entries)
        return any(where == folder and name != _KEEP for where, _, name in parts)


def _required_file(path: str, service_id: str | None, files: _Files) -> Iterator[Defect]:
    """What is wrong with one required file; a `.gitkeep` is due only in a folder otherwise empty."""
    entry = files.entries.get(path)
    folder, _, last = path.rpartition("/")
    if entry is not None and entry.kind is Kind.FILE and (entry.size or last == _KEEP):
        return
    place, shown = Place(clean(files.shown(path), _PATH_LIMIT)), clean(path, _PATH_LIMIT)
    if entry is None:
        if last != _KEEP or not files.is_occupied(folder):
            message = f"required file {shown} is missing"
            yield Defect("structure/missing-file", message, place, "create it", service_id)
    elif entry.kind is Kind.FOLDER:
        message = f"{shown} is a folder, and a regular file is required"
        yield Defect("structure/not-a-file", message, place, "replace it by a file", service_id)
    elif entry.kind is Kind.FILE:
        message = f"required file {shown} is empty"
        yield Defect("structure/empty-file", message, place, "write what belongs in it", service_id)


def _required_folder(path: str, tree: Tree) -> Iterator[Defect]:
    entry = tree.entries.get(path)
    if entry is None or entry.kind is not Kind.FOLDER:
        shown = clean(path, _PATH_LIMIT)
        what = "missing" if entry is None else "not a folder"
        yield Defect(
            "structure/missing-folder",
            f"required folder {shown} is {what}",
            Place(clean(tree.shown(path), _PATH_LIMIT)),
            f"create the folder {shown}",
        )


def _unknown_domains(mesh: Mesh, tree: Tree) -> Iterator[Defect]:
    """Folders below `services` that are no domain of the profile: no gate looks into them."""
    for path, entry in tree.entries.items():
        top, _, name = path.partition("/")
        if top != _SERVICES or not name or "/" in name or entry.kind is not Kind.FOLDER:
            continue
        if name not in mesh.profile.domains and not name.startswith("."):
            yield Defect(
                "structure/unknown-domain-folder",
                f"{clean(name)} is none of the domains {', '.join(mesh.profile.domains)}",
                Place(clean(tree.shown(path), _PATH_LIMIT)),
                "move its services into a domain, or declare the domain in tierline.toml",
            )
