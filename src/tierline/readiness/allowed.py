"""Whether what a contract takes away may go, since nobody who is known needs it any more."""

from __future__ import annotations

from collections.abc import Collection

from tierline.boundary.bearing import borne
from tierline.boundary.release import Crossing
from tierline.contracts.change import Side
from tierline.mesh.contract_owners import ContractOwners
from tierline.mesh.model import Mesh

_MOVES_ON = frozenset({Side.CONSUMER, Side.READER})
"""whose side boundaries judge; what events of long ago do to new readers, they do not say"""


class Bearers:
    """Everybody who is known to meet a release; nobody is, where none is planned."""

    def __init__(self, mesh: Mesh, crossing: Crossing | None) -> None:
        self._matrix = crossing.matrix if crossing is not None and not crossing.unseen else None
        self._owners = ContractOwners({} if self._matrix is None else mesh.services)

    def all_of(self, path: str, providers: Collection[str], breaks: Collection[Side]) -> str:
        """Why a contract's change that breaks somebody may ship; "" where that is not known.

        What boundaries do not take for the contract of just these providers they say nothing of.
        """
        if self._matrix is None or not providers or not _MOVES_ON.issuperset(breaks):
            return ""
        if frozenset(self._owners.of(path)) != frozenset(providers):
            return ""
        consumers: set[str] = set()
        for provider in providers:
            found = borne(self._matrix, provider, path)
            if found is None:
                return ""
            consumers |= found
        if not consumers:
            return (
                "allowed: nothing that runs, would run or may be gone back to takes this contract"
            )
        names = ", ".join(sorted(consumers))
        return f"allowed: borne by {names} in every revision that runs, would run or may be gone back to"
