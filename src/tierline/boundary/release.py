"""What is known of a release's boundaries where it is planned; knows not who gathered it."""

from __future__ import annotations

from collections.abc import Mapping

from tierline.boundary.model import Matrix
from tierline.boundary.order import Order, order_of
from tierline.frozen import frozen

_NOTHING = Order({}, ())


@frozen
class Crossing:
    """`matrix` None: nothing runs yet that a release could break, or `unseen` says why nobody knows.

    `together` are services that people declared to move as one.
    """

    matrix: Matrix | None = None
    unseen: str = ""
    together: frozenset[str] = frozenset()

    def order(self, owners: Mapping[str, tuple[str, ...]]) -> Order:
        """The order that boundaries ask for; `owners` maps service -> owners of what it reads."""
        if self.matrix is None:
            return _NOTHING
        return order_of(self.matrix, owners, (self.together,) if self.together else ())
