"""Hands out the files of one tree to parsers and collects what they complain of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from tierline.mesh.defect import Defect
from tierline.mesh.source import Source
from tierline.mesh.tree import Kind, Tree

T = TypeVar("T")
Parser = Callable[[bytes, str], tuple[T | None, tuple[Defect, ...]]]
"""(content, path as shown) -> what was read, None where nothing could be; every defect"""

_WORDS = {
    Kind.FOLDER: "it is a folder",
    Kind.ESCAPE: "it is a symlink that leaves the mesh",
    Kind.OTHER: "it is not a regular file",
    Kind.UNREADABLE: "we may not read it",
}


class Memo(Protocol):
    """Knows, or finds out, what parsing gives: the same for the same name and content."""

    def __call__(self, name: str, content: bytes, parse: Callable[[], T], /) -> T: ...


def afresh(name: str, content: bytes, parse: Callable[[], T], /) -> T:
    """The memo that remembers nothing."""
    del name, content
    return parse()


class Reading:
    """One pass over a mesh."""

    def __init__(self, tree: Tree, memo: Memo = afresh) -> None:
        self.tree = tree
        self.memo = memo
        self.defects: list[Defect] = []

    def source(self, path: str, gate: str, service_id: str | None = None) -> Source:
        """A file of the tree, to be read; `close` takes its defects over."""
        return Source(self.tree.shown(path), gate, service_id)

    def close(self, sources: Iterable[Source]) -> None:
        """Keep what was wrong in files that have been read."""
        for source in sources:
            self.defects.extend(source.defects)

    def content(self, source: Source, path: str) -> bytes | None:
        """What is in a file. None where there is none, and a defect where there should be."""
        entry = self.tree.entries.get(path)
        if entry is None:
            return None
        if entry.content is None:
            reason = entry.trouble or _WORDS.get(entry.kind, "its content was not gathered")
            source.defect(
                "unreadable", f"cannot be read: {reason}", None, "make it a readable file"
            )
        return entry.content

    def file(
        self, path: str, gate: str, parse: Parser[T], service_id: str | None = None
    ) -> T | None:
        """What `parse` makes of a file; None where there is no such file or no sense in it."""
        source = self.source(path, gate, service_id)
        content = self.content(source, path)
        self.close([source])
        if content is None:
            return None
        value, defects = self.memo(path, content, lambda: parse(content, source.path))
        self.defects.extend(defects)
        return value

    def missing(self, path: str, gate: str, service_id: str | None = None) -> None:
        """Note a file that is not there at all."""
        if path not in self.tree.entries:
            source = self.source(path, gate, service_id)
            source.defect("missing-file", f"{source.path} does not exist", None, "add it")
            self.close([source])
