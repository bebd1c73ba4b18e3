"""What a service's own folder adds to its revision; knows nothing of the rest of the mesh."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.evidence.content import IGNORED, Content
from tierline.frozen import frozen
from tierline.mesh.migrations import is_migration
from tierline.mesh.release_file import RELEASE_FILE
from tierline.regex import regex

TEMPLATE = "configs/default.yaml"
DEPLOYED = "deploy"
"""the folder of a service with its manifests and Compose file"""
_REFERENCE = regex(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-[^}]*)?\}")


@frozen
class Shipped:
    """Digests of the folder, but for how it is deployed, and of its configuration template.

    `references` are the variables that the template names; `data` has the files that say what it
    does with data: migrations and `deploy/release.yaml`, by their paths below the mesh root.
    """

    tree: str
    template: str
    references: frozenset[str] = frozenset()
    data: tuple[str, ...] = ()


def shipped_from(content: Content, folder: str, paths: Iterable[str] | None = None) -> Shipped:
    """That of a service's folder. Nothing is built from how it is deployed: that is configuration.

    `paths` are those of its files, where somebody has walked it already.
    """
    path = f"{folder}/{TEMPLATE}"
    found = _REFERENCE.findall(content.read(path) or b"")
    return Shipped(
        content.tree(folder, frozenset({f"{folder}/{DEPLOYED}"})),
        content.file(path),
        frozenset(name.decode() for name in found),
        data_files(folder, content.files(folder) if paths is None else paths),
    )


def data_files(folder: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Those of a service's paths that say what it does with data, sorted."""
    said = f"{folder}/{RELEASE_FILE}"
    return tuple(
        sorted(
            path
            for path in paths
            if (path == said or is_migration(path)) and IGNORED.isdisjoint(path.split("/"))
        )
    )
