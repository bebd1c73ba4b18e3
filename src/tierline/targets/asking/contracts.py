"""Asks a service for what is safe to ask for, and holds its answers against its OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from tierline.contracts.openapi.live import (
    Compared,
    Promise,
    compare_answer,
    is_used,
    read_promise,
)
from tierline.facts.evidence import Answer
from tierline.frozen import frozen
from tierline.targets.asking import http

SECONDS = 2.0
"""for one answer"""
_HEALTH = "/healthz"
"""is asked by itself all the time: who is ill there is ill, and breaks no contract by saying so"""


@frozen
class Contract:
    """The OpenAPI document that a service was shipped with: its path in the mesh, and its bytes."""

    path: str
    content: bytes


Readers = Callable[[], Awaitable[Mapping[str, Contract | None]]]
"""finds consumer -> what it declares to use of the contract, None where it does not say"""

Ask = Callable[[str], Awaitable[http.Answered]]
"""GETs a path of one instance; NobodyListens or NoAnswer where nothing comes"""


@frozen
class Held:
    """How the answers of a service stood against its contract, and why.

    `concerns` are the consumers that use what broke; None where nobody knows who they are.
    """

    answer: Answer
    detail: str
    concerns: tuple[str, ...] | None = None


@frozen
class _Asked:
    """One answer and what came of comparing it; `status` 0 where there was none."""

    path: str
    compared: Compared
    status: int = 0
    body: bytes = b""


class ContractAsker:
    """Remembers the documents that it has read, by path and content."""

    def __init__(self) -> None:
        self._read: dict[Contract, Promise | str] = {}

    async def hold(
        self,
        contract: Contract,
        ask: Ask,
        paths: Sequence[str],
        readers: Readers | None = None,
    ) -> Held:
        """Ask each path once. One answer that breaks the contract fails; none that counts is unknown.

        `readers` is asked only where something broke.
        """
        promise = self._promise(contract)
        if isinstance(promise, str):
            return Held(Answer.UNKNOWN, promise)
        if not paths:
            return Held(Answer.UNKNOWN, f"{contract.path} has no GET that is safe to ask for")
        asked = [path for path in paths if path != _HEALTH] or paths
        found = [await _compared(ask, promise, path) for path in asked]
        broken = [one for one in found if one.compared.broken]
        if broken:
            told = "; ".join(one.compared.told for one in broken)
            known = await readers() if readers else None
            return Held(Answer.FAILED, told, self._concerned(broken, known))
        good = sum(one.compared.known for one in found)
        if good:
            return Held(Answer.OK, f"{good} of {len(found)} answers are as promised")
        return Held(Answer.UNKNOWN, "; ".join(one.compared.told for one in found))

    def _concerned(
        self, broken: Sequence[_Asked], readers: Mapping[str, Contract | None] | None
    ) -> tuple[str, ...] | None:
        """The consumers of what broke, those among them whose use is not known."""
        if readers is None:
            return None
        return tuple(sorted(name for name, use in readers.items() if self._uses(use, broken)))

    def _uses(self, use: Contract | None, broken: Sequence[_Asked]) -> bool:
        promise = self._promise(use) if use is not None else ""
        if isinstance(promise, str):
            return True
        return any(is_used(promise, one.path, one.status, one.body) for one in broken)

    def _promise(self, contract: Contract) -> Promise | str:
        if contract not in self._read:
            self._read[contract] = read_promise(contract.content, contract.path)
        return self._read[contract]


async def _compared(ask: Ask, promise: Promise, path: str) -> _Asked:
    try:
        answered = await ask(path)
    except (http.NobodyListens, http.NoAnswer) as error:
        return _Asked(path, Compared(broken=False, known=False, told=f"GET {path}: {error}"))
    if not answered.whole:
        told = f"GET {path}: the answer is too long"
        return _Asked(path, Compared(broken=False, known=False, told=told))
    status, body = answered.status, answered.body
    return _Asked(path, compare_answer(promise, path, status, body), status, body)
