"""Reads a whole mesh: the files as values in, a partial Mesh and all its defects out.

One file that cannot be read never stops the others. Knows no disk: whoever gathered the tree says
in its entries what could not be read and why.
"""

from __future__ import annotations

from tierline.mesh import config, dotenv, event_contract, gomod, manifests, settings_file
from tierline.mesh.assemble import complete
from tierline.mesh.folders import NODE_MANIFEST, inside_folders
from tierline.mesh.model import Mesh
from tierline.mesh.outline import REQUIRED, is_module_file, parse_outline
from tierline.mesh.service_folder import read_folder
from tierline.mesh.tree import Tree

_FILES = frozenset(
    {
        *(path for path, _ in REQUIRED), manifests.ALIASES, settings_file.PATH, gomod.WORKSPACE,
        dotenv.EXAMPLE, dotenv.OWN,
    }
)  # fmt: skip


def wanted(path: str) -> bool:
    """Whether reading the mesh needs the content of this path, relative to its root."""
    if path in _FILES or is_module_file(path) or event_contract.event_of(path) is not None:
        return True
    depth = path.count("/")
    return path.startswith("services/") and (
        (depth == 4 and path.endswith(f"/{config.PATH}"))
        or (depth == 3 and path.endswith(f"/{NODE_MANIFEST}"))
    )


def parse_mesh(tree: Tree, canonical: Tree | None = None) -> Mesh:
    """The mesh in `tree`; `canonical` holds the inputs of its index, None where there are none."""
    outline = parse_outline(tree, canonical)
    inside = inside_folders(tree)
    read = {
        asked.path: read_folder(
            Tree(tree.label, inside.get(asked.path, {})), asked, outline.mesh.profile
        )
        for asked in outline.folders
    }
    return complete(outline, read)
