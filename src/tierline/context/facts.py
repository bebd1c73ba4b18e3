"""What all parts of a context are made from, gathered once; and the words for a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.context.inputs import Inputs
from tierline.context.lookup import Lookup
from tierline.frozen import frozen
from tierline.mesh.api_contracts import ApiContract
from tierline.mesh.defect import Place
from tierline.mesh.lifecycle_rules import StateRule
from tierline.mesh.local_dev import LocalDev
from tierline.mesh.model import Mesh
from tierline.mesh.scripts_guide import ScriptsGuide
from tierline.policy.model import Policy


@frozen
class Request:
    """What a context is asked for. `changed` are the paths that differ from `since`, None: unknown."""

    mesh: Mesh
    policy: Policy
    selection: str
    chosen: tuple[str, ...]
    members: frozenset[str]
    """`chosen` again, to look things up in"""
    since: str = ""
    changed: tuple[str, ...] | None = None


@frozen
class Facts:
    """The mesh's documents, read. None: absent or unreadable.

    `variables` maps a name to where `.env.example`, `.env` or tierline.toml set it; `contracts`
    are the API contracts by service id, under "" those whose service is unknown.
    """

    request: Request
    inputs: Inputs
    lookup: Lookup
    local_dev: LocalDev | None
    scripts: ScriptsGuide | None
    lifecycle: tuple[StateRule, ...] | None
    contracts: Mapping[str, tuple[ApiContract, ...]]
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def chosen(self) -> frozenset[str]:
        """The services of the release."""
        return self.request.members

    @property
    def mesh(self) -> Mesh:
        """The mesh that the release is of."""
        return self.request.mesh


def at(place: Place, label: str) -> str:
    """A place as words, relative to the mesh root: `docs/local-dev.md:7`."""
    path = place.path.removeprefix(f"{label}/")
    return f"{path}:{place.line}" if place.line else path
