"""Makes evidence of what was proven, signs it, and keeps it for the environments that it is made for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from tierline.conductor.whereabouts import evidence_folder
from tierline.errors import PermanentError, TierlineError
from tierline.evidence.attestation import attested
from tierline.evidence.own_keys import note_own_keys
from tierline.evidence.shelf import Shelf
from tierline.facts.testing import HowTested, Seal, SuiteResult
from tierline.frozen import frozen
from tierline.targets.local.private import private_folder

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tierline.conductor.testing import Tested
    from tierline.conductor.workspace import Workspace

_AT_ONCE = 200
"""results that wait at most until they are written: each writing costs a look at the whole folder"""


@frozen
class Signer:
    """Who signs: the name that policy or key file gives, and both halves of the key."""

    name: str
    public: str
    private: Ed25519PrivateKey


class Keeper:
    """Signs and keeps results; what was not flushed yet is lost with the process."""

    def __init__(self, workspace: Workspace, environments: tuple[str, ...], signer: Signer) -> None:
        """Make the folders. UsageError without a home, PermanentError where they cannot be used."""
        self._mesh, self._environments, self._signer = workspace.mesh.name, environments, signer
        self._shelves = [Shelf(_folder(workspace, name)) for name in environments]
        self._waiting: list[tuple[SuiteResult, str]] = []

    def keep(self, tested: Iterable[Tested]) -> None:
        """Make evidence of what was proven."""
        self.keep_results(self._result(one) for one in tested if one.proves)

    def keep_results(self, results: Iterable[SuiteResult]) -> None:
        """The same of results that were read elsewhere and are signed with our key."""
        for one in results:
            self._waiting.append((one, attested(one, self._signer.private)))
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits. PermanentError where there is no room or right."""
        waiting, self._waiting = self._waiting, []
        for shelf in self._shelves if waiting else ():
            add(shelf, waiting)

    def _result(self, tested: Tested) -> SuiteResult:
        ran = tested.ran
        if ran.outcome is None:
            raise AssertionError(tested)
        return SuiteResult(
            mesh=self._mesh,
            service_id=tested.service_id,
            suite=tested.suite,
            revision=tested.revision.source_id,
            environments=self._environments,
            outcome=ran.outcome,
            counts=ran.counts,
            how=HowTested(ran.runner, ran.tool, ran.argv[:200], round(ran.seconds, 3)),
            signer=self._signer.name,
            key=self._signer.public,
            at=tested.at,
            parts=tuple(sorted(tested.revision.source)),
            failures=ran.failures,
            passes=ran.passes,
            seal=Seal.GENUINE,
        )


def add(shelf: Shelf, results: Iterable[tuple[SuiteResult, str]]) -> tuple[str, ...]:
    """Keep signed results, and note which keys are ours. PermanentError where that cannot be."""
    try:
        names = shelf.add(results)
        with suppress(TierlineError):  # without keys of our own there is nothing to note
            note_own_keys(shelf.folder, os.environ)
    except OSError as error:
        raise PermanentError(
            f"evidence cannot be kept in {shelf.folder}: {error.strerror}",
            code="evidence/not-kept",
            fix="make room or rights there, or name another place with XDG_STATE_HOME",
        ) from error
    return names


def _folder(workspace: Workspace, environment: str) -> Path:
    folder = evidence_folder(workspace, environment)
    private_folder(folder.parent)
    private_folder(folder)
    return folder


def shelf_of(workspace: Workspace, environment: str) -> Shelf:
    """The shelf of an environment, with its folder made; errors as of a Keeper."""
    return Shelf(_folder(workspace, environment))
