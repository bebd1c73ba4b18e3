"""What the engine tells whoever watches; every method does nothing unless overridden."""

from __future__ import annotations

from collections.abc import Sequence

from tierline.facts.instant import Instant
from tierline.rollout.events import Event
from tierline.rollout.state import State
from tierline.targets.protocol import Prepared


class Reporter:
    """Command line progress, web streams and tests derive from this."""

    def preparing(self, count: int) -> None:
        """Building and staging of `count` services begins."""

    def prepared(self, item: Prepared) -> None:
        """One service is built and staged, or is not."""

    def happened(self, events: Sequence[Event], state: State, at: Instant) -> None:
        """These events are in the journal; `state` is what they led to."""

    def lost_sight(self, reason: str) -> None:
        """Nothing starts until the target can be observed again."""

    def watched(self, state: State, at: Instant) -> None:
        """A watch goes on; called several times a second, whether or not anything happened."""

    def in_sight(self) -> None:
        """The target is observed (again)."""
