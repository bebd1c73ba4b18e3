"""Whose are the contract files of a mesh: the same answer as for one file, for thousands of them.

By the id, folder or short id of a service in its path; else by the one service whose name its words
fit. Knows nothing of what stands in the files.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from tierline.mesh.api_contracts import is_api_contract
from tierline.mesh.contract_parties import names_of, stems
from tierline.mesh.event_contract import event_of
from tierline.mesh.model import Service
from tierline.mesh.owner_keys import tokens

_SHORTEST_PREFIX = 3


class ContractOwners:
    """Services by everything that a contract file of theirs may be called; made once a mesh."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._named: dict[str, set[str]] = {}
        self._words: dict[str, set[str]] = {}
        self._producers: dict[str, list[str]] = {}
        for service_id, service in services.items():
            for name in names_of(service):
                self._named.setdefault(name, set()).add(service_id)
            for word in tokens(service_id):
                self._words.setdefault(word.rstrip("s"), set()).add(service_id)
            for event in service.produces:
                self._producers.setdefault(event, []).append(service_id)
        self._sorted = sorted(self._words)

    def of(self, path: str) -> tuple[str, ...]:
        """The services that provide what a contract file promises, sorted; () for nobody."""
        event = event_of(path)
        if event is not None:
            return tuple(sorted(self._producers.get(event, ())))
        if not is_api_contract(path):
            return ()
        words = stems(path)
        named = {one for word in words for one in self._named.get(word, ())}
        return tuple(sorted(named or self._fitting(tokens("/".join(sorted(words))))))

    def _fitting(self, words: Iterable[str]) -> set[str]:
        pointed = {next(iter(fit)) for word in words if len(fit := self._fit(word)) == 1}
        return pointed if len(pointed) == 1 else set()

    def _fit(self, word: str) -> set[str]:
        same = self._words.get(word.rstrip("s"), set())
        if same or len(word) < _SHORTEST_PREFIX:
            return same
        found: set[str] = set()
        for at in range(bisect_left(self._sorted, word), len(self._sorted)):
            if not self._sorted[at].startswith(word):
                break
            found |= self._words[self._sorted[at]]
        return found
