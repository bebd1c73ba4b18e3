"""What a service's own folder adds to its revision; knows nothing of the rest of the mesh."""

from __future__ import annotations

import re

from tierline.evidence.content import Content
from tierline.frozen import frozen

TEMPLATE = "configs/default.yaml"
DEPLOYED = "deploy"
"""the folder of a service with its manifests and Compose file"""
_REFERENCE = re.compile(rb"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-[^}]*)?\}")


@frozen
class Shipped:
    """Digests of the folder, but for how it is deployed, and of its configuration template.

    `references` are the variables that the template names.
    """

    tree: str
    template: str
    references: frozenset[str] = frozenset()


def shipped_from(content: Content, folder: str) -> Shipped:
    """That of a service's folder. Nothing is built from how it is deployed: that is configuration."""
    path = f"{folder}/{TEMPLATE}"
    found = _REFERENCE.findall(content.read(path) or b"")
    return Shipped(
        content.tree(folder, frozenset({f"{folder}/{DEPLOYED}"})),
        content.file(path),
        frozenset(name.decode() for name in found),
    )
