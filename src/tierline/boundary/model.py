"""Whether revisions of two services fit each other, as a value; knows not who found it out.

What nobody could tell is unknown, which is kept apart from what was found broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.contracts.change import Change
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen


class Fit(StrEnum):
    """Whether a consumer works with a provider."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """Which judgement it was: what a `Fit` rests on."""

    SAME = "same contract"
    COMPARED = "contracts compared"
    USE = "declared use"
    RECORD = "verified together"
    ABSENT = "one side does not run"
    NOTHING = "nothing to judge by"


@frozen
class Boundary:
    """What a consumer takes from a provider by one contract.

    `contract` is the path of its file relative to the mesh root, "" where there is none. `binds`:
    the consumer reads data that the provider owns, so the provider starts first; else the contract
    is of an event, which orders nothing.
    """

    consumer: str
    provider: str
    contract: str
    binds: bool


@frozen
class Judgement:
    """How one revision of a consumer and one of its provider fit, and why.

    `changes` are the differences that break the consumer or may break it.
    """

    fit: Fit
    basis: Basis
    message: str
    changes: tuple[Change, ...] = ()


Pair = tuple[str, str]
"""a revision of the consumer, a revision of the provider"""


@frozen
class Matrix:
    """Every pair of revisions that can meet during a rollout, judged.

    `candidate` and `running` map service -> the revision that would ship and the one that the
    environment runs: ABSENT where nothing of it runs, "" where nobody knows what runs. `ties`: what
    is unknown for want of a contract file counts as broken; else it is free, and reported.
    """

    candidate: Mapping[str, str]
    running: Mapping[str, str]
    pairs: Mapping[Boundary, Mapping[Pair, Judgement]]
    ties: bool = True
    trouble: Mapping[str, str] = field(default_factory=dict[str, str])
    """service -> why nobody knows the contracts of what runs of it"""
    former: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """service -> revisions that it may still go back to, the newest first; judged as consumers of
    those contracts that a candidate alters"""
    unkept: frozenset[str] = frozenset()
    """services of which the contracts of some former revision were not kept"""

    def judgement(self, boundary: Boundary, consumer: str, provider: str) -> Judgement:
        """How two revisions fit; unknown for a pair that nobody judged."""
        if consumer == ABSENT:
            return Judgement(Fit.YES, Basis.ABSENT, f"nothing of {boundary.consumer} runs")
        if provider == ABSENT:
            fit = Fit.NO if boundary.binds else Fit.YES
            return Judgement(fit, Basis.ABSENT, f"nothing of {boundary.provider} runs")
        known = self.pairs.get(boundary, {}).get((consumer, provider))
        return known or Judgement(Fit.UNKNOWN, Basis.NOTHING, "nobody compared these two revisions")

    def ok(self, boundary: Boundary, consumer: str, provider: str) -> Fit:
        """Whether a revision of the consumer works with one of the provider."""
        return self.judgement(boundary, consumer, provider).fit

    def safe(self, boundary: Boundary, consumer: str, provider: str) -> bool:
        """Whether both may run beside each other: unknown is not safe, but where it is free."""
        fit = self.ok(boundary, consumer, provider)
        return fit is Fit.YES or (fit is Fit.UNKNOWN and not self.ties and not boundary.contract)

    def moves(self, service_id: str) -> bool:
        """Whether a release that has this service changes what runs of it."""
        candidate = self.candidate.get(service_id)
        return candidate is not None and candidate != self.running.get(service_id, ABSENT)
