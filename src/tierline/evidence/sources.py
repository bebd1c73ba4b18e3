"""What services build from, and what each would ship at this moment; knows no plan and no target."""

from __future__ import annotations

from pathlib import Path

from tierline.evidence.closure import Closure, Closures, Workspace
from tierline.evidence.content import Content
from tierline.evidence.revisions import revisions
from tierline.facts.revision import Revision
from tierline.mesh.model import Mesh, Service


class Sources:
    """A working tree that may be edited at any time.

    Closures are read once: if what they follow from is edited, the revision is another one, too.
    """

    def __init__(self, root: Path, mesh: Mesh) -> None:
        self._root, self._mesh = root, mesh
        self._content = Content.below(root)
        self._closures = Closures(mesh, self._content)

    @property
    def workspace(self) -> Workspace:
        """What go.work says besides its members."""
        return self._closures.workspace

    def of(self, service: Service) -> Closure:
        """What a service builds from."""
        return self._closures.of(service)

    def revision(self, service_id: str) -> Revision:
        """What a service of the mesh would ship now; reads again what changed since last time."""
        return revisions(self._root, self._mesh, [service_id], self._content.afresh())[service_id]
