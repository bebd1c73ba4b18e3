"""The boundaries of a plan as they are when something goes back, perhaps long after it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tierline.boundary.model import Fit
from tierline.facts.revision import ABSENT
from tierline.rollback.foresight import Foresight
from tierline.rollback.model import Edge

_NEVER_COMPARED = "nobody compared these two revisions"


def edges_now(
    foresight: Foresight | None,
    order: Sequence[str],
    before: Mapping[str, str],
    owners: Mapping[str, Sequence[str]],
) -> tuple[Edge, ...]:
    """The edges that count for a rollback of `order`, given what each service ran `before`.

    What a plan says of a former revision counts only where that is still the former one; else the
    boundary is unknown, as are all of a plan that says nothing. Whoever reads data of a service
    that did not run before keeps that from going back alone. What is planned and was not started
    yet runs as before, and is in nobody's way.
    """
    inside = frozenset(order)
    known = foresight or Foresight()
    moved = {
        name
        for name in order
        if name not in known.before or known.before[name].revision != before.get(name, ABSENT)
    }
    found = [edge for edge in known.edges if {edge.consumer, edge.provider} <= inside - moved]
    found += [
        _unknown(name, owner)
        for name in order
        for owner in owners.get(name, ())
        if owner in inside and moved & {name, owner}
    ]
    return tuple(_with_absence(edge, before) for edge in found)


def _unknown(consumer: str, provider: str) -> Edge:
    why = _NEVER_COMPARED
    return Edge(consumer, provider, "", Fit.UNKNOWN, Fit.UNKNOWN, why, why)


def _with_absence(edge: Edge, before: Mapping[str, str]) -> Edge:
    """A consumer that is gone needs nothing; one that stays needs its provider."""
    if before.get(edge.consumer, ABSENT) == ABSENT:
        edge = replace(edge, consumer_back=Fit.YES, why_consumer="")
    if before.get(edge.provider, ABSENT) == ABSENT and edge.provider_back is Fit.UNKNOWN:
        why = f"{edge.consumer} needs {edge.provider}, which did not run before"
        edge = replace(edge, provider_back=Fit.NO, why_provider=why)
    return edge
