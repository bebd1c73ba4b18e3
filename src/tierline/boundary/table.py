"""The pairs of revisions that a release meets, as a plan keeps them: who with whom, fit, by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from tierline.boundary.can_roll import Row, rows_of
from tierline.boundary.model import Basis, Boundary, Fit, Matrix
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen

MOST = 600
"""pairs that are kept, of boundaries as a whole; where something does not fit comes first"""
_RANK = {Fit.NO: 0, Fit.UNKNOWN: 1, Fit.YES: 2}


class Side(StrEnum):
    """Which revision of a service it is."""

    CANDIDATE = "candidate"
    RUNS = "runs"
    BEFORE = "before"
    """one that it may still go back to"""


@frozen
class Met:
    """One pair at one boundary. `contract` "": there is no file; `before` is that older revision."""

    consumer: str
    provider: str
    contract: str
    consumer_is: Side
    provider_is: Side
    fit: Fit
    basis: Basis
    message: str
    before: str = ""


@frozen
class Table:
    """`pairs`: at most MOST of all that a release meets; `counts`: fit -> how many there are."""

    pairs: tuple[Met, ...]
    counts: Mapping[str, int]

    @property
    def left_out(self) -> int:
        """Pairs that are counted and not kept."""
        return sum(self.counts.values()) - len(self.pairs)


def table_of(matrix: Matrix) -> Table:
    """Every pair that a release of the matrix's candidates meets and that does not run now. O(pairs)."""
    rows = [row for row in rows_of(matrix) if _new(matrix, row)]
    counted = Counter(row.judgement.fit for row in rows)
    kept = _bounded(sorted(rows, key=lambda row: _RANK[row.judgement.fit]))
    counts = {str(fit): counted[fit] for fit in Fit if counted[fit]}
    return Table(tuple(_met(matrix, row) for row in kept), counts)


def _new(matrix: Matrix, row: Row) -> bool:
    """Whether both run, and not just as they run already."""
    sides = (row.boundary.consumer, row.consumer), (row.boundary.provider, row.provider)
    if any(revision == ABSENT for _, revision in sides):
        return False
    return any(_side(matrix, *side) is not Side.RUNS for side in sides)


def _bounded(rows: list[Row]) -> list[Row]:
    """Whole boundaries, in the order of their first rows, while they are fewer than MOST pairs."""
    by_boundary: dict[Boundary, list[Row]] = {}
    for row in rows:
        by_boundary.setdefault(row.boundary, []).append(row)
    kept: list[Row] = []
    for found in by_boundary.values():
        if len(kept) + len(found) > MOST:
            break
        kept += found
    return kept


def _met(matrix: Matrix, row: Row) -> Met:
    boundary, told = row.boundary, row.judgement
    consumer = _side(matrix, boundary.consumer, row.consumer)
    provider = _side(matrix, boundary.provider, row.provider)
    before = row.consumer if consumer is Side.BEFORE else ""
    return Met(
        boundary.consumer,
        boundary.provider,
        boundary.contract,
        consumer,
        provider,
        told.fit,
        told.basis,
        told.message,
        before,
    )


def _side(matrix: Matrix, service_id: str, revision: str) -> Side:
    if matrix.moves(service_id) and revision == matrix.candidate.get(service_id):
        return Side.CANDIDATE
    return Side.RUNS if revision == matrix.running.get(service_id) else Side.BEFORE
