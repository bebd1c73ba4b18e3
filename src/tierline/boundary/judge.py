"""Judges every pair of revisions that can meet at a boundary, by the contracts both go by.

Contracts come as values, comparisons are pure. What nobody gathered is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from tierline.boundary.model import Basis, Boundary, Fit, Judgement, Matrix, Pair
from tierline.boundary.shipment import UNUSED, Shipment, boundaries_of
from tierline.contracts.change import Change, Kind, Side, Spot
from tierline.contracts.files import ContractFile, kind_of
from tierline.facts.revision import UNKNOWN
from tierline.frozen import frozen
from tierline.mesh.defect import Place
from tierline.mesh.tree import Entry
from tierline.mesh.tree import Kind as PathKind

Compared = tuple[str, str, str]
"""path, digest of the consumer's file, digest of the provider's"""

_BREAKING = frozenset({Side.CONSUMER, Side.READER})
_UNDECLARED = frozenset({"security"})
"""what a declaration of use says nothing about"""
_SAME = Judgement(Fit.YES, Basis.SAME, "both go by the same contract")
_NOT_TAKEN = Judgement(Fit.YES, Basis.SAME, "the consumer does not take this contract")
_NOT_YET = Judgement(Fit.YES, Basis.SAME, "the provider does not write this event yet")
_UNUSED = Judgement(Fit.YES, Basis.USE, "the consumer imports none of its stubs")
_RECORDED = Judgement(Fit.YES, Basis.RECORD, "both were verified as they run")
_BARE = Judgement(Fit.UNKNOWN, Basis.NOTHING, "this boundary has no contract file")


@frozen
class Gathered:
    """What is known of a release's contracts.

    `candidate` are the services that may move; `running` maps every service that runs to what it
    was shipped with, or to words that say why nobody knows. `contents` maps digests to files;
    `proto` has what buf says of two proto files, or why it says nothing. `verified` are services
    whose running revision the journal has verified beside the others that run.
    """

    candidate: Mapping[str, Shipment]
    running: Mapping[str, Shipment | str]
    revisions: Mapping[str, str] = field(default_factory=dict[str, str])
    """service that runs -> its revision, "" where it is not one"""
    contents: Mapping[str, Entry] = field(default_factory=dict[str, Entry])
    proto: Mapping[Compared, tuple[Change, ...] | str] = field(
        default_factory=dict[Compared, tuple[Change, ...] | str]
    )
    verified: frozenset[str] = frozenset()
    declared: tuple[Shipment, ...] = ()
    """of services of which nobody knows what runs: what the mesh says of them, for their boundaries"""
    former: Mapping[str, Mapping[str, Shipment | str]] = field(
        default_factory=dict[str, Mapping[str, Shipment | str]]
    )
    """service -> revision that it may still go back to -> the same as in `running`"""


def matrix_of(gathered: Gathered, *, ties: bool) -> Matrix:
    """Every boundary with all pairs of revisions that can meet."""
    return _Judge(gathered).matrix(ties)


class _Judge:
    """One pass; remembers comparisons, since many consumers go by the same files."""

    def __init__(self, gathered: Gathered) -> None:
        self._known = gathered
        self._compared: dict[Compared, tuple[Change, ...] | str] = {}

    def matrix(self, ties: bool) -> Matrix:
        known = self._known
        shipments = [*known.candidate.values(), *known.declared]
        shipments += [one for one in known.running.values() if isinstance(one, Shipment)]
        formers = (one for found in known.former.values() for one in found.values())
        shipments += [one for one in formers if isinstance(one, Shipment)]
        unknown = {n: why for n, why in known.running.items() if isinstance(why, str)}
        found = boundaries_of(shipments)
        return Matrix(
            {name: one.revision for name, one in known.candidate.items()},
            {name: known.revisions.get(name, "") for name in known.running},
            {boundary: self._pairs(boundary) for boundary in found},
            ties,
            unknown,
            {name: tuple(found) for name, found in known.former.items()},
            frozenset(
                name
                for name, found in known.former.items()
                if any(isinstance(one, str) for one in found.values())
            ),
        )

    def _pairs(self, boundary: Boundary) -> dict[Pair, Judgement]:
        consumers, providers = (
            self._versions(name) for name in (boundary.consumer, boundary.provider)
        )
        if self._alters(boundary):
            consumers = {**self._known.former.get(boundary.consumer, {}), **consumers}
        return {
            (consumer, provider): self._judgement(boundary, one, other)
            for consumer, one in consumers.items()
            for provider, other in providers.items()
        }

    def _alters(self, boundary: Boundary) -> bool:
        """Whether the provider's candidate promises something else than what runs of it."""
        path, would = boundary.contract, self._known.candidate.get(boundary.provider)
        runs = self._known.running.get(boundary.provider)
        if not path or would is None or not isinstance(runs, Shipment):
            return bool(path) and would is not None
        told = [(one.provides.get(path, ""), one.shared) for one in (would, runs)]
        return told[0] != told[1] or UNKNOWN in told[0]

    def _versions(self, name: str) -> dict[str, Shipment | str]:
        """Revision -> what it was shipped with, of what runs and of what would."""
        known = self._known
        found: dict[str, Shipment | str] = {}
        if name in known.running:
            found[known.revisions.get(name, "")] = known.running[name]
        if name in known.candidate:
            found[known.candidate[name].revision] = known.candidate[name]
        return found

    def _judgement(
        self, boundary: Boundary, consumer: Shipment | str, provider: Shipment | str
    ) -> Judgement:
        told = self._by_contract(boundary, consumer, provider)
        if told.fit is Fit.UNKNOWN and self._recorded(boundary, consumer, provider):
            return replace(_RECORDED, changes=told.changes)
        return told

    def _recorded(
        self, boundary: Boundary, consumer: Shipment | str, provider: Shipment | str
    ) -> bool:
        """Whether both run now and were verified so."""
        running, verified = self._known.running, self._known.verified
        return (
            {boundary.consumer, boundary.provider} <= verified
            and consumer == running.get(boundary.consumer)
            and provider == running.get(boundary.provider)
        )

    def _by_contract(
        self, boundary: Boundary, consumer: Shipment | str, provider: Shipment | str
    ) -> Judgement:
        for one in (consumer, provider):
            if isinstance(one, str):
                return Judgement(Fit.UNKNOWN, Basis.NOTHING, one)
        if isinstance(consumer, str) or isinstance(provider, str) or not boundary.contract:
            return _BARE
        built, path = self._as_built(consumer), boundary.contract
        if path not in built.consumes:
            return _NOT_TAKEN
        if built.uses.get(path) == UNUSED:
            return _UNUSED
        if path not in provider.provides:
            return self._without(boundary, provider)
        told = self._of_files(path, built, provider)
        if built is consumer or told.fit is Fit.YES:
            return told
        return replace(told, message=f"{told.message}; the consumer's code is the same as before")

    def _of_files(self, path: str, consumer: Shipment, provider: Shipment) -> Judgement:
        use, given = consumer.uses.get(path), provider.provides[path]
        taken = use or consumer.consumes[path]
        if UNKNOWN in {taken, given}:
            return Judgement(Fit.UNKNOWN, Basis.NOTHING, f"{path} could not be read")
        if taken == given:
            return self._same(path, given, consumer.shared == provider.shared)
        return self._different(path, (taken, given), use is not None)

    def _as_built(self, consumer: Shipment) -> Shipment:
        """The contracts that a consumer's code was written for: new files alone adapt nobody."""
        if consumer is not self._known.candidate.get(consumer.service_id):
            return consumer
        running = self._known.running.get(consumer.service_id)
        if isinstance(running, Shipment) and consumer.code and consumer.code == running.code:
            return running
        return consumer

    def _without(self, boundary: Boundary, provider: Shipment) -> Judgement:
        """The provider lacks the contract: not yet, where its candidate is the first to have it."""
        path, candidate = boundary.contract, self._known.candidate.get(boundary.provider)
        comes = candidate is not None and candidate != provider and path in candidate.provides
        if comes and kind_of(path) is Kind.EVENT:
            return _NOT_YET
        word = "does not provide it yet" if comes else "has removed it"
        return Judgement(Fit.NO, Basis.COMPARED, f"{path}: {boundary.provider} {word}")

    def _same(self, path: str, digest: str, shared: bool) -> Judgement:
        entry = self._known.contents.get(digest)
        if shared or entry is None or b"schemas/" not in (entry.content or b""):
            return _SAME
        message = f"{path} names shared schemas, and these differ"
        return Judgement(Fit.UNKNOWN, Basis.COMPARED, message)

    def _different(self, path: str, digests: tuple[str, str], by_use: bool) -> Judgement:
        changes = self._changes(path, *digests)
        basis = Basis.USE if by_use else Basis.COMPARED
        if isinstance(changes, str):
            return Judgement(Fit.UNKNOWN, Basis.NOTHING, changes)
        if by_use:
            changes = tuple(one for one in changes if one.rule not in _UNDECLARED)
        broken = tuple(one for one in changes if one.breaks & _BREAKING)
        doubtful = tuple(one for one in changes if one.unknown & _BREAKING)
        if broken:
            return Judgement(Fit.NO, basis, _told(path, broken), broken)
        if doubtful:
            return Judgement(Fit.UNKNOWN, basis, _told(path, doubtful), doubtful)
        what = "what it declares to use goes on working" if by_use else "it goes on working"
        return Judgement(Fit.YES, basis, f"{path} differs, and {what}")

    def _changes(self, path: str, consumer: str, provider: str) -> tuple[Change, ...] | str:
        key = (path, consumer, provider)
        if key not in self._compared:
            self._compared[key] = self._compare(key)
        return self._compared[key]

    def _compare(self, key: Compared) -> tuple[Change, ...] | str:
        path, consumer, provider = key
        kind = kind_of(path)
        if kind is None:
            return self._known.proto.get(key, "nobody asked buf of these two revisions")
        from tierline.contracts.compare_file import compare_file  # noqa: PLC0415 - few differ

        old, new = (self._entry(digest) for digest in (consumer, provider))
        return compare_file(ContractFile(kind, path, path, old, new))

    def _entry(self, digest: str) -> Entry:
        missing = Entry(PathKind.FILE, trouble="its content was not kept")
        return self._known.contents.get(digest, missing)


def _told(path: str, changes: tuple[Change, ...]) -> str:
    """The first change in words, with its pointer, and how many more there are."""
    one = changes[0]
    spot: Spot = one.new or one.old or Spot("", Place(path))
    at = f" (at {spot.pointer})" if spot.pointer not in {"", "/"} else ""
    more = f"; and {len(changes) - 1} more" if len(changes) > 1 else ""
    return f"{path}: {one.subject}: {one.message}{at}{more}"
