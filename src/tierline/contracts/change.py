"""One change of a contract, as a value: what, where on both sides, and whom it breaks.

The same value for events, OpenAPI documents and proto files, whoever found it: our own comparison
or a program.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from tierline.frozen import frozen
from tierline.mesh.defect import Place


class Side(StrEnum):
    """Who goes on with the old contract and breaks where the other one takes the new.

    Of events: a `READER` meets data that is written by the new contract; a `WRITER`, or what it
    wrote long ago, meets readers of the new one. Of interfaces: a `CONSUMER` calls a provider that
    has the new contract; a `PROVIDER` is called by consumers that have it.
    """

    READER = "reader"
    WRITER = "writer"
    CONSUMER = "consumer"
    PROVIDER = "provider"


class Kind(StrEnum):
    """What a contract is written in."""

    EVENT = "event"
    OPENAPI = "openapi"
    PROTO = "proto"


@frozen
class Spot:
    """A place within a contract: a JSON pointer (of a proto file: a full name) and where it is."""

    pointer: str
    place: Place


@frozen
class Change:
    """One difference. `rule` is the slug of its finding; `message` says what was and what is.

    `subject` is what of the contract it concerns: an event, `GET /users`, a message. `old` and
    `new` are None where that side has no such place. `breaks` are those that it breaks, `unknown`
    those of whom it cannot be decided, for the reason that the message gives; nobody in either:
    everybody goes on working.
    """

    kind: Kind
    rule: str
    subject: str
    message: str
    old: Spot | None
    new: Spot | None
    breaks: frozenset[Side] = frozenset()
    unknown: frozenset[Side] = frozenset()

    @property
    def is_safe(self) -> bool:
        """Whether everybody goes on working, for certain."""
        return not self.breaks and not self.unknown


def broken(changes: Iterable[Change]) -> frozenset[Side]:
    """Everybody whom some change breaks."""
    return frozenset(side for change in changes for side in change.breaks)


def undecided(changes: Iterable[Change]) -> frozenset[Side]:
    """Everybody of whom some change leaves open whether it breaks them."""
    return frozenset(side for change in changes for side in change.unknown)
