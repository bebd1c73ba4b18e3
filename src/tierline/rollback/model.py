"""What can go back and what speaks against it, as values; knows neither journal nor target.

The terms are those of one rollout: `new` is what it started, `old` what was verified before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.boundary.model import Fit
from tierline.frozen import frozen


@frozen
class Edge:
    """A boundary between two services, at least one of which was changed.

    `provider_back` says whether it holds once the provider alone went back (consumer new, provider
    old), `consumer_back` whether it does once the consumer alone did; `why_*` in words.
    """

    consumer: str
    provider: str
    contract: str
    provider_back: Fit = Fit.YES
    consumer_back: Fit = Fit.YES
    why_provider: str = ""
    why_consumer: str = ""


@frozen
class Pin:
    """A reason for which a service cannot go back, from the moment `after` services were started."""

    code: str
    why: str
    after: int = 0


@frozen
class Scene:
    """One rollout as a rollback sees it.

    `changed` are the services that it starts, in the order in which it does. A service that an
    edge names and that is not among them cannot be moved.
    """

    changed: tuple[str, ...]
    edges: tuple[Edge, ...] = ()
    pins: Mapping[str, tuple[Pin, ...]] = field(default_factory=dict[str, tuple[Pin, ...]])


@frozen
class Link:
    """A step of a chain: this service must go back, because of `why`. `by` leads to it, "" first."""

    service_id: str
    by: str
    why: str
    unknown: bool = False
    """nobody could say, and so it counts as not ok"""


@frozen
class Refusal:
    """Why no safe set exists: `chain` leads from what failed to the service that cannot go back."""

    code: str
    service_id: str
    why: str
    chain: tuple[Link, ...]


@frozen
class Answer:
    """What a rollback of `failed` has to do, or why there is none.

    `back` is the least safe set, what failed first; `steps` is the order, more than one service in
    a step being a lockstep group. With `refusals` nothing is to be done.
    """

    failed: tuple[str, ...]
    back: tuple[Link, ...]
    steps: tuple[tuple[str, ...], ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def services(self) -> tuple[str, ...]:
        """The least safe set."""
        return tuple(link.service_id for link in self.back)
