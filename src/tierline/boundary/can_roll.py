"""Can these services be released, and if not alone, with whom? The answer as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from tierline.boundary.closure import Closed, closure, narrowed
from tierline.boundary.horizon import Lost, earlier, lost
from tierline.boundary.model import Boundary, Fit, Judgement, Matrix
from tierline.boundary.order import Order, Refusal, concerned, met, order_of
from tierline.facts.decision import Decision
from tierline.frozen import frozen


class Means(StrEnum):
    """How the services asked for can be released."""

    NOTHING = "nothing to move"
    ALONE = "alone"
    BATCH = "as a batch"
    LATER = "not yet"
    NOT = "not in one release"


@frozen
class Row:
    """One pair of revisions at one boundary, judged. Either side may be what runs or a candidate."""

    boundary: Boundary
    consumer: str
    provider: str
    judgement: Judgement


@frozen
class CanRoll:
    """`closed` is the smallest set that could move, `order` what it asks for, or why it cannot.

    `decision`: GO where those asked for can move alone; NO-GO where they cannot, HOLD where only
    something unknown is in the way. `means` says what would work: LATER where only revisions that
    the environment may still go back to are in the way; `lost` has them.
    """

    decision: Decision
    means: Means
    closed: Closed
    order: Order
    matrix: Matrix
    rows: tuple[Row, ...]
    lost: tuple[Lost, ...] = ()


def can_roll(
    matrix: Matrix,
    asked: Iterable[str],
    owners: Mapping[str, tuple[str, ...]],
    together: Iterable[frozenset[str]] = (),
) -> CanRoll:
    """Judge a set; `matrix.candidate` has every service that could move with it."""
    closed = closure(matrix, asked)
    inside = narrowed(matrix, closed.services)
    order = order_of(inside, owners, together)
    gone = tuple(lost(inside))
    moves = any(inside.moves(name) for name in closed.asked)
    means = Means.NOTHING
    if order.refused:
        means = Means.NOT
    elif gone:
        means = Means.LATER
    elif closed.forced:
        means = Means.BATCH
    elif moves:
        means = Means.ALONE
    in_the_way = [one.judgement.fit for one in gone]
    in_the_way += [matrix.ok(one.boundary, *one.met) for one in closed.forced.values()]
    in_the_way += [fit_of(matrix, one) for one in order.refused]
    rows = tuple(rows_of(inside))
    return CanRoll(_decision(means, in_the_way), means, closed, order, inside, rows, gone)


def fit_of(matrix: Matrix, refusal: Refusal) -> Fit:
    """Whether what refuses is a break or something unknown."""
    return matrix.ok(refusal.boundary, *refusal.met)


def _decision(means: Means, in_the_way: Sequence[Fit]) -> Decision:
    if means in {Means.ALONE, Means.NOTHING}:
        return Decision.GO
    return Decision.NO_GO if Fit.NO in in_the_way else Decision.HOLD


def rows_of(matrix: Matrix) -> Iterable[Row]:
    """Every pair of revisions that can meet where something moves, also after going back."""
    for boundary in concerned(matrix):
        at = met(matrix, boundary)
        pairs = dict.fromkeys(
            (
                (at.consumer_new, at.provider_new),
                (at.consumer_old, at.provider_new),
                (at.consumer_new, at.provider_old),
                *((revision, at.provider_new) for revision in earlier(matrix, boundary)),
            )
        )
        for consumer, provider in pairs:
            told = matrix.judgement(boundary, consumer, provider)
            yield Row(boundary, consumer, provider, told)
