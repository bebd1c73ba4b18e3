"""Asks a service for what is safe to ask for, and holds its answers against its OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.contracts.openapi.live import Compared, Promise, compare_answer, read_promise
from tierline.facts.evidence import Answer
from tierline.frozen import frozen
from tierline.targets.asking import http
from tierline.targets.asking.addresses import Address

SECONDS = 2.0
"""for one answer"""
_HEALTH = "/healthz"
"""is asked by itself all the time: who is ill there is ill, and breaks no contract by saying so"""


@frozen
class Contract:
    """The OpenAPI document that a service was shipped with: its path in the mesh, and its bytes."""

    path: str
    content: bytes


@frozen
class Held:
    """How the answers of a service stood against its contract, and why."""

    answer: Answer
    detail: str


class ContractAsker:
    """Remembers the documents that it has read, by path and content."""

    def __init__(self) -> None:
        self._read: dict[Contract, Promise | str] = {}

    async def hold(self, contract: Contract, address: Address, paths: Sequence[str]) -> Held:
        """Ask each path once. One answer that breaks the contract fails; none that counts is unknown."""
        promise = self._promise(contract)
        if isinstance(promise, str):
            return Held(Answer.UNKNOWN, promise)
        if not paths:
            return Held(Answer.UNKNOWN, f"{contract.path} has no GET that is safe to ask for")
        asked = [path for path in paths if path != _HEALTH] or paths
        connection = http.Connection(address.host, address.port)
        try:
            found = [await _compared(connection, promise, path) for path in asked]
        finally:
            connection.close()
        broken = [one.told for one in found if one.broken]
        if broken:
            return Held(Answer.FAILED, "; ".join(broken))
        good = sum(one.known for one in found)
        if good:
            return Held(Answer.OK, f"{good} of {len(found)} answers are as promised")
        return Held(Answer.UNKNOWN, "; ".join(one.told for one in found))

    def _promise(self, contract: Contract) -> Promise | str:
        if contract not in self._read:
            self._read[contract] = read_promise(contract.content, contract.path)
        return self._read[contract]


async def _compared(connection: http.Connection, promise: Promise, path: str) -> Compared:
    try:
        answered = await connection.get(path, SECONDS)
    except (http.NobodyListens, http.NoAnswer) as error:
        return Compared(broken=False, known=False, told=f"GET {path}: {error}")
    if not answered.whole:
        return Compared(broken=False, known=False, told=f"GET {path}: the answer is too long")
    return compare_answer(promise, path, answered.status, answered.body)
