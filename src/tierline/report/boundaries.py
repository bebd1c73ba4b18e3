"""What people read of the pairs of revisions that a release meets: cells, counts, sentences."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.boundary.model import Basis, Fit
from tierline.boundary.table import Met, Side, Table

COLUMNS = (
    (Side.CANDIDATE, Side.CANDIDATE),
    (Side.RUNS, Side.CANDIDATE),
    (Side.CANDIDATE, Side.RUNS),
    (Side.BEFORE, Side.CANDIDATE),
)
"""consumer, provider: the pairs that a boundary may meet, in the order in which people read them"""
TITLES = (
    "new with new",
    "as it runs, new provider",
    "new, provider as it runs",
    "after going back",
)
_IS = {
    Side.CANDIDATE: "the candidate of {}",
    Side.RUNS: "{} as it runs",
    Side.BEFORE: "{} as it ran before",
}
_VERB = {Fit.YES: "works with", Fit.NO: "breaks beside", Fit.UNKNOWN: "may break beside"}

Key = tuple[str, str, str]
"""consumer, provider, contract"""


def counted(table: Table) -> str:
    """`4 yes, 1 no`."""
    return ", ".join(f"{many} {fit}" for fit, many in table.counts.items())


def sentence(one: Met) -> str:
    """How a pair gets on, and by which judgement."""
    consumer = _IS[one.consumer_is].format(one.consumer)
    provider = _IS[one.provider_is].format(one.provider)
    return f"{consumer} {_VERB[one.fit]} {provider}: {why(one)}"


def why(one: Met) -> str:
    """The reason, and which judgement it was."""
    told = one.basis in {Basis.ABSENT, Basis.NOTHING}
    return one.message if told else f"{one.message} (by {one.basis})"


def bad(table: Table) -> tuple[Met, ...]:
    """The pairs that do not fit, or of which nobody knows."""
    trouble = (one for one in table.pairs if one.fit is not Fit.YES)
    return tuple(sorted(trouble, key=lambda one: one.fit is not Fit.NO))


def by_boundary(table: Table) -> Mapping[Key, Mapping[tuple[Side, Side], Met]]:
    """Boundary -> its pairs; of several older revisions the worst. Worst boundaries first."""
    found: dict[Key, dict[tuple[Side, Side], Met]] = {}
    for one in table.pairs:
        cells = found.setdefault((one.consumer, one.provider, one.contract), {})
        cells.setdefault((one.consumer_is, one.provider_is), one)
    return found
