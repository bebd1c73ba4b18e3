"""What a revision of a service promises and uses, kept with it: so that its answers can be held against that.

Its OpenAPI document, and what it declares to use of others' contracts, file by file. Judges nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, cast

from tierline.facts.observation import Phase, Seen
from tierline.frozen import frozen
from tierline.targets.asking.contracts import Contract, Readers
from tierline.targets.asking.openapi import find_openapi

CONTRACTS, USES = "contracts/", "contracts/uses/"
LARGEST = 4 << 20
"""bytes of a file that is read"""
_MOST = 200
"""files of one service that are kept"""


@frozen
class Promised:
    """`contract` None: it has none. `uses` are by their path below `contracts/uses`."""

    contract: Contract | None = None
    uses: Mapping[str, Contract] = field(default_factory=dict[str, Contract])

    def use(self, contract: str) -> Contract | None:
        """What it declares to use of a contract; None where it does not say."""
        return self.uses.get(contract.removeprefix(CONTRACTS))

    def to_json(self) -> object:
        """As it is kept: paths and texts."""
        return {
            "contract": _told(self.contract) if self.contract else None,
            "uses": {name: _told(one) for name, one in self.uses.items()},
        }

    @staticmethod
    def of_json(found: object) -> Promised | None:
        """None where nothing was kept, as by older versions. TypeError or KeyError for what is no such thing."""
        if found is None:
            return None
        told = cast("dict[str, Any]", found)
        contract = told["contract"]
        return Promised(
            _contract(contract) if contract else None,
            {name: _contract(one) for name, one in told["uses"].items()},
        )


def promised(root: Path, service_id: str, path: str) -> Promised:
    """What the checkout says of the service whose folder is `path`."""
    file = find_openapi(root, service_id, path.rpartition("/")[2])
    contract = None
    if file is not None:
        contract = Contract(file.relative_to(root).as_posix(), file.read_bytes())
    return Promised(contract, dict(_uses(root, path)) if path else {})


def _uses(root: Path, path: str) -> list[tuple[str, Contract]]:
    folder = root / path / USES
    inside = root.resolve()
    found: list[tuple[str, Contract]] = []
    for file in sorted(folder.rglob("*"))[:_MOST]:
        if file.is_file() and file.resolve().is_relative_to(inside):
            with file.open("rb") as opened:
                content = opened.read(LARGEST + 1)
            if len(content) <= LARGEST:
                name = file.relative_to(folder).as_posix()
                found.append((name, Contract(f"{path}/{USES}{name}", content)))
    return found


@frozen
class Taker:
    """A service as it runs or is planned: whose data it reads, and what it declares to use."""

    owners: tuple[str, ...]
    promised: Promised | None = None


def readers_of(
    provider: str,
    contract: str,
    revisions: Callable[[], Mapping[str, str]],
    find: Callable[[str, str], Taker | None],
) -> Readers:
    """Finds who takes a provider's contract among services at these revisions, when it is asked.

    `find` reads files, and knows of some services nothing (None): those count as consumers.
    """

    def takers(at: Mapping[str, str]) -> Mapping[str, Contract | None]:
        found: dict[str, Contract | None] = {}
        for name, revision in at.items():
            taker = find(name, revision) if name != provider else Taker(())
            if taker is None:
                found[name] = None
            elif provider in taker.owners:
                found[name] = taker.promised.use(contract) if taker.promised else None
        return found

    async def readers() -> Mapping[str, Contract | None]:
        return await asyncio.to_thread(takers, revisions())

    return readers


def running(seen: Mapping[str, Seen]) -> dict[str, str]:
    """Service -> a revision of it that runs."""
    return {
        name: instance.revision
        for name, one in seen.items()
        for instance in one.instances
        if instance.phase is not Phase.EXITED
    }


def _told(contract: Contract) -> Mapping[str, str]:
    return {
        "path": contract.path,
        "text": contract.content.decode(errors="surrogateescape"),
    }


def _contract(told: Mapping[str, str]) -> Contract:
    return Contract(told["path"], told["text"].encode(errors="surrogateescape"))
