"""The files of a mesh as values: what a parser gets; knows nothing of the disk they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.frozen import frozen


class Kind(StrEnum):
    """What a path is. A link is judged by where it leads: inside the mesh it is what it names."""

    FILE = "file"
    FOLDER = "folder"
    ESCAPE = "escape"
    """a symlink that leaves the mesh: never read"""
    OTHER = "other"
    """a socket, pipe or device"""
    UNREADABLE = "unreadable"
    """exists, but the system refuses to let us read it"""


@frozen
class Entry:
    """One path. `content` is None unless some parser needs it; `size` is in bytes.

    `trouble` says in words why there is no content although one was wanted (too large, refused).
    """

    kind: Kind
    size: int = 0
    content: bytes | None = None
    trouble: str = ""


@frozen
class Tree:
    """A folder: paths relative to it with `/` -> entry, in code point order.

    `label` is how paths are shown: the folder's place relative to the folder above the mesh
    (`mesh`, `viralForge/specs`), so `label/path` is what a finding prints.
    """

    label: str
    entries: Mapping[str, Entry] = field(default_factory=dict[str, Entry])

    def shown(self, path: str) -> str:
        """The path as findings print it."""
        return f"{self.label}/{path}" if self.label else path
