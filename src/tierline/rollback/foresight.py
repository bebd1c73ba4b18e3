"""What a plan knows of going back, before anything is started; made of facts, and judged again later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.boundary.model import Fit
from tierline.frozen import frozen
from tierline.rollback.coverage import Coverage, coverage
from tierline.rollback.data import DataFacts, DataUse, data_pins, ownership_ties
from tierline.rollback.model import Edge, Pin, Scene


@frozen
class Before:
    """Where a service would go back to, and the domain that it is of."""

    revision: str
    domain: str = ""


@frozen
class Foresight:
    """Of every planned service that would change: where it would go back to, and what is in the way.

    `edges` are boundaries that do not hold, or may not, in some state between; all others do.
    `free` are boundaries that nobody compared and that the policy leaves free. `pins` hold from the
    start on: an artifact that is gone, a former revision that was found bad. `data` is what
    the planned revisions do with data.
    """

    before: Mapping[str, Before] = field(default_factory=dict[str, Before])
    edges: tuple[Edge, ...] = ()
    free: tuple[str, ...] = ()
    pins: Mapping[str, tuple[Pin, ...]] = field(default_factory=dict[str, tuple[Pin, ...]])
    data: Mapping[str, DataUse] = field(default_factory=dict[str, DataUse])
    coverage: Coverage = Coverage(0, 0)


def scene_of(order: tuple[str, ...], edges: tuple[Edge, ...], facts: DataFacts) -> Scene:
    """What data ties and pins is added to the boundaries of a rollout that starts in this order."""
    return Scene(order, edges + ownership_ties(order, facts), data_pins(order, facts))


def with_pins(scene: Scene, more: Mapping[str, tuple[Pin, ...]]) -> Scene:
    """The same with other reasons why services cannot go back, told first."""
    names = scene.pins.keys() | more.keys()
    pins = {name: (*more.get(name, ()), *scene.pins.get(name, ())) for name in sorted(names)}
    return Scene(scene.changed, scene.edges, pins)


def covered(scene: Scene) -> Coverage:
    """How much of it can be rolled back."""
    return coverage(scene)


def may_not_hold(edge: Edge) -> bool:
    """Whether a boundary speaks against some state between."""
    return edge.provider_back is not Fit.YES or edge.consumer_back is not Fit.YES
