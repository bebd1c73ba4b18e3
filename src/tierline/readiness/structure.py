"""Gate structure: are the files and folders of the profile there, as what they should be?

Parsers have found what cannot be read and which folders belong to no service; this judges what the
profile asks for. Of contents it reads only the Go that makes a service buildable.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.mesh.tree import Kind, Tree
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts
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
    for service in mesh.services.values():
        if service.path:
            for path in mesh.profile.service_files:
                yield from _required_file(f"{service.path}/", path, service.service_id, layout)
    yield from _unknown_domains(mesh, layout)
    if mesh.profile.language == "go":
        yield from judge_go(mesh, facts.tree)


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
