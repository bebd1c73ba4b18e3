"""How far an issue reaches in the mesh as it is now; knows no rollout."""

from __future__ import annotations

from tierline.context.model import Promise
from tierline.frozen import frozen
from tierline.mesh.closure import dependents_of
from tierline.mesh.model import Mesh


@frozen
class Reach:
    """`dependents` read the service's data, directly or through others; of the whole mesh, sorted.

    `contracts` are those that the service promises to others.
    """

    tier: int
    dependents: tuple[str, ...]
    contracts: tuple[Promise, ...]


def reach_of(mesh: Mesh, service_id: str, promises: tuple[Promise, ...]) -> Reach | None:
    """The reach of a service; None where the mesh has no such service (any more)."""
    service = mesh.services.get(service_id)
    if service is None:
        return None
    return Reach(service.tier, tuple(sorted(dependents_of(mesh.graph, [service_id]))), promises)
