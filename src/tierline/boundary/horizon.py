"""Which ways back a release would close: former revisions of consumers that still have to work.

A consumer that moved on can be brought back as long as what it needed then is still there. Who
removes it too early takes that away. Knows not how far back an environment may go.
"""

from __future__ import annotations

from collections.abc import Iterator

from tierline.boundary.model import Boundary, Fit, Judgement, Matrix
from tierline.facts.revision import ABSENT
from tierline.frozen import frozen


@frozen
class Lost:
    """A former revision of a consumer that works with its provider as it runs, and would not then.

    `judgement` is of that revision with the provider's candidate: it does not fit, or nobody knows.
    """

    boundary: Boundary
    revision: str
    judgement: Judgement


def lost(matrix: Matrix) -> Iterator[Lost]:
    """The ways back that this release would close, O(boundaries times former revisions).

    What did not work before is not lost by it; and where both move they go back together.
    """
    for boundary in matrix.pairs:
        before = matrix.running.get(boundary.provider, ABSENT)
        for revision in earlier(matrix, boundary):
            then = matrix.judgement(boundary, revision, matrix.candidate[boundary.provider])
            if then.fit is not Fit.YES and matrix.ok(boundary, revision, before) is not Fit.NO:
                yield Lost(boundary, revision, then)


def earlier(matrix: Matrix, boundary: Boundary) -> tuple[str, ...]:
    """Former revisions of the consumer to which it matters what the provider's candidate promises."""
    consumer, provider = boundary.consumer, boundary.provider
    if not matrix.moves(provider):
        return ()
    current = {matrix.running.get(consumer), matrix.candidate.get(consumer)}
    pairs, then = matrix.pairs[boundary], matrix.candidate[provider]
    return tuple(
        revision
        for revision in matrix.former.get(consumer, ())
        if revision not in current and (revision, then) in pairs
    )
