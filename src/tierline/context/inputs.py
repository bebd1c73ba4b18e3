"""Opens the inputs of a release one by one and keeps account of them; knows nothing of their sense."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable
from typing import TypeVar

from tierline.context.model import Input, Standing
from tierline.mesh.api_contracts import is_api_contract
from tierline.mesh.compose import PATH as COMPOSE
from tierline.mesh.defect import Defect, Place
from tierline.mesh.k8s import is_manifest
from tierline.mesh.local_dev import PATH as LOCAL_DEV
from tierline.mesh.makefile import PATH as MAKEFILE
from tierline.mesh.parse import wanted
from tierline.mesh.reading import Parser, Reading
from tierline.mesh.scripts_guide import PATH as SCRIPTS
from tierline.mesh.tree import Kind, Tree

T = TypeVar("T")
Taken = Callable[[T], Iterable[str]]
"""what was taken out of a value, in words"""

CONTRACTS = "contracts/"
OWN_VARIABLES = ".env"
"""a file whose digest is not told: it may hold few enough secrets to be guessed"""


def wanted_by_context(path: str, folders: frozenset[str]) -> bool:
    """Whether the context of the services in `folders` needs the content of this path."""
    if path in {LOCAL_DEV, SCRIPTS} or is_api_contract(path):
        return True
    if not path.startswith("services/"):
        return wanted(path)
    parts = path.split("/", 3)
    if len(parts) < 4 or "/".join(parts[:3]) not in folders:
        return False
    return parts[3] in {COMPOSE, MAKEFILE} or is_manifest(parts[3]) or wanted(path)


class Inputs:
    """The files of a release: what each gave, and everything that was wrong."""

    def __init__(self, tree: Tree, told: Iterable[Defect]) -> None:
        """`told` is what reading the mesh has said already, of files that it opened."""
        self.tree = tree
        self.found: dict[str, Input] = {}
        self.defects: list[Defect] = []
        self._told: dict[str, int] = {}
        for defect in told:
            self._told[defect.place.path] = self._told.get(defect.place.path, 0) + 1

    def parsed(
        self, path: str, gate: str, parse: Parser[T], taken: Taken[T], service_id: str | None = None
    ) -> T | None:
        """What `parse` makes of a file, which is listed; an absent one is a finding."""
        reading = Reading(self.tree)
        value = reading.file(path, gate, parse, service_id)
        self.defects += reading.defects
        words = () if value is None else tuple(taken(value))
        self._list(path, words, service_id, read=value is not None, wrong=len(reading.defects))
        return value

    def known(
        self, path: str, value: T | None, taken: Taken[T], service_id: str | None = None
    ) -> None:
        """List a file that reading the mesh has opened; `value` None: it could not be read."""
        words = () if value is None else tuple(taken(value))
        wrong = self._told.get(self.tree.shown(path), 0)
        self._list(path, words, service_id, read=value is not None, wrong=wrong)

    def remark(
        self, slug: str, message: str, place: Place, fix: str = "", service_id: str | None = None
    ) -> None:
        """Note something that a release should know is missing or doubtful."""
        self.defects.append(Defect(f"context/{slug}", message, place, fix, service_id))

    def absent(self, path: str, why: str, service_id: str | None = None) -> None:
        """List a file that is not there."""
        shown = self.tree.shown(path)
        self.found[path] = Input(shown, Standing.ABSENT, "", 0, (), service_id)
        if not self._told.get(shown):
            self.remark("absent", f"{shown} is not there: {why}", Place(shown), "", service_id)

    def place(self, path: str) -> Place:
        """A file as a whole."""
        return Place(self.tree.shown(path))

    def keep_contracts(self, paths: Container[str]) -> None:
        """Forget contract files that were read and concern no service of the release."""
        for path in [path for path in self.found if path.startswith(CONTRACTS)]:
            if path not in paths and self.found[path].standing is Standing.READ:
                del self.found[path]

    def by_service(self) -> dict[str | None, tuple[Input, ...]]:
        """The inputs of each service, under None those of the mesh, by path."""
        found: dict[str | None, list[Input]] = {}
        for path in sorted(self.found):
            found.setdefault(self.found[path].service_id, []).append(self.found[path])
        return {service_id: tuple(listed) for service_id, listed in found.items()}

    def digest(self) -> str:
        """Identity of everything that was read, and of what was not."""
        lines = (f"{one.path}\0{one.standing}\0{one.digest}\n" for one in self.found.values())
        return hashlib.sha256("".join(sorted(lines)).encode("utf-8", "replace")).hexdigest()

    def _list(
        self, path: str, words: tuple[str, ...], service_id: str | None, *, read: bool, wrong: int
    ) -> None:
        entry = self.tree.entries.get(path)
        if entry is None:
            self.absent(path, "what it says is unknown", service_id)
            return
        content = entry.content if entry.kind is Kind.FILE else None
        standing = Standing.PARTLY if wrong else Standing.READ
        standing = standing if read and content is not None else Standing.UNREADABLE
        secret = path == OWN_VARIABLES or content is None
        digest = "" if secret else hashlib.sha256(content or b"").hexdigest()
        shown = self.tree.shown(path)
        self.found[path] = Input(shown, standing, digest, entry.size, words, service_id)
