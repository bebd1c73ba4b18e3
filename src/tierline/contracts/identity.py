"""What identifies the contracts of a release: a digest over their content, wherever it lies."""

from __future__ import annotations

from tierline.contracts.files import is_shared, kind_of
from tierline.contracts.proto import is_source
from tierline.facts.revision import digest_of
from tierline.mesh.tree import Kind, Tree


def is_contract(path: str) -> bool:
    """Whether a path of the mesh is compared with a reference, or decides how: stubs are not."""
    return kind_of(path) is not None or is_shared(path) or is_source(path)


def contracts_id(tree: Tree) -> str:
    """32 hex digits over path and content of every contract; "" where one could not be read.

    The tree needs the content of every path that `is_contract` names.
    """
    items: list[str | bytes] = []
    for path, entry in sorted(tree.entries.items()):
        if entry.kind is Kind.FOLDER or not is_contract(path):
            continue
        if entry.content is None:
            return ""
        items += [path.encode("utf-8", "surrogateescape"), entry.content]
    return digest_of(items)
