"""A mesh's declarations the other way round, made once: who produces, where it is listed, its files."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.frozen import frozen
from tierline.mesh.folders import Folder, service_folders
from tierline.mesh.model import Listed, LoadOrder, Mesh
from tierline.mesh.tree import Tree


@frozen
class Lookup:
    """`levels` and `tiers` are those that the load order document states, by service.

    `files` are of service folders: folder -> paths relative to it.
    """

    producers: Mapping[str, tuple[str, ...]]
    consumers: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, int]
    tiers: Mapping[str, int]
    listed: Mapping[str, Listed]
    raised_by: Mapping[str, str]
    folders: Mapping[str, Folder]

    def files(self, folder: str) -> tuple[str, ...]:
        """The regular files of a service's folder, relative to it."""
        found = self.folders.get(folder)
        return tuple(found.files) if found else ()


def lookup_of(mesh: Mesh, tree: Tree) -> Lookup:
    """Everything that is looked up once for each service."""
    producers: dict[str, list[str]] = {}
    consumers: dict[str, list[str]] = {}
    for name, service in mesh.services.items():
        for event in service.produces:
            producers.setdefault(event, []).append(name)
        for event in service.consumes:
            consumers.setdefault(event, []).append(name)
    order = mesh.load_order or LoadOrder()
    return Lookup(
        producers={event: tuple(names) for event, names in producers.items()},
        consumers={event: tuple(names) for event, names in consumers.items()},
        levels={name: level for level, names in enumerate(order.levels) for name in names},
        tiers={name: tier for tier, names in enumerate(order.tiers) for name in names},
        listed={one.service_id: one for one in mesh.implemented or ()},
        raised_by={one.service_id: one.because for one in mesh.graph.inversions},
        folders=service_folders(tree),
    )
