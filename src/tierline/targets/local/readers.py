"""Who takes a service's contract, and what each declares to use of it, as it was staged.

A service takes the contract of each owner. What it declares to use is a file of the same name below
its own `contracts/uses`, and goes by its revision.
"""

from __future__ import annotations

from collections.abc import Mapping

from tierline.errors import PermanentError
from tierline.facts.observation import Seen
from tierline.mesh.event_contract import event_path
from tierline.mesh.model import Mesh
from tierline.targets.asking.contracts import Contract, Readers
from tierline.targets.asking.events import Consumers
from tierline.targets.asking.promised import (
    CONTRACTS,
    LARGEST,
    USES,
    Promised,
    Taker,
    readers_of,
    running,
)
from tierline.targets.local.stage import Staged, Stages


class ContractReaders:
    """Finds consumers among what runs and what is planned; a plan goes before what runs."""

    def __init__(self, mesh: Mesh, stages: Stages) -> None:
        self._mesh, self._stages = mesh, stages
        self.planned: Mapping[str, str] = {}
        """service -> the revision that a rollout is about to start"""

    def of(self, provider: str, contract: str, seen: Mapping[str, Seen]) -> Readers:
        """Finds consumers -> what each declares to use of a contract, None where it does not say.

        A service of which nobody knows whose data it reads counts as a consumer.
        """

        def find(name: str, revision: str) -> Taker | None:
            staged = self._staged(name, revision)
            if staged is None:
                known = self._mesh.services.get(name)
                return Taker(known.owners) if known else None
            use = self._use(staged, contract) if provider in staged.owners else None
            uses = {contract.removeprefix(CONTRACTS): use} if use else {}
            return Taker(staged.owners, Promised(None, uses))

        return readers_of(provider, contract, lambda: {**running(seen), **self.planned}, find)

    def hearing(self, producer: str, seen: Mapping[str, Seen]) -> Consumers:
        """Finds who consumes an event of a producer -> what each declares to use of it."""

        async def consumers(event: str) -> Mapping[str, Contract | None]:
            path = event_path(event)

            def find(name: str, revision: str) -> Taker | None:
                heard, staged = self._heard(name, revision)
                if heard is None or event not in heard:
                    return None if heard is None else Taker(())
                use = self._use(staged, path) if staged else None
                uses = {path.removeprefix(CONTRACTS): use} if use else {}
                return Taker((producer,), Promised(None, uses))

            now = {**running(seen), **self.planned}
            return await readers_of(producer, path, lambda: now, find)()

        return consumers

    def _heard(
        self, service_id: str, revision: str
    ) -> tuple[tuple[str, ...] | None, Staged | None]:
        """The events that a service consumes, None where nobody knows; and how it was staged."""
        staged, known = self._staged(service_id, revision), self._mesh.services.get(service_id)
        if staged is not None and staged.hears is not None:
            return staged.hears, staged
        return (known.consumes if known else None), staged

    def _staged(self, service_id: str, revision: str) -> Staged | None:
        try:
            return self._stages.find(service_id, revision)
        except PermanentError:
            return None

    def _use(self, staged: Staged, contract: str) -> Contract | None:
        if not contract.startswith(CONTRACTS):
            return None
        name = f"{USES}{contract.removeprefix(CONTRACTS)}"
        folder = self._stages.folder(staged.service_id, staged.revision) / "mesh" / staged.path
        try:
            with (folder / name).open("rb") as file:
                content = file.read(LARGEST + 1)
        except OSError:
            return None
        return Contract(f"{staged.path}/{name}", content) if len(content) <= LARGEST else None
