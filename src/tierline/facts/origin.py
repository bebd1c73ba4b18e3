"""Which commit something was released from, as whoever released it noted; knows no repository."""

from __future__ import annotations

from tierline.frozen import frozen


@frozen
class Origin:
    """Where the files of a rollout came from.

    `commit` is what was checked out, as hex digits, "" where there was none. `contracts` identifies
    the content of the contracts that were released, "" where nobody could tell. `uncommitted` names
    what was not as in the commit: service ids, and `contracts`.
    """

    commit: str = ""
    contracts: str = ""
    uncommitted: tuple[str, ...] = ()


NOWHERE = Origin()
"""of what nobody noted"""


@frozen
class Ran:
    """A rollout that brought services to where they are: they run what was released then."""

    rollout: str
    origin: Origin
    services: tuple[str, ...]


@frozen
class Running:
    """What an environment runs: rollouts, the oldest first, each with the services it is the last of.

    `trouble` says why nobody could look; then nothing is known.
    """

    environment: str
    ran: tuple[Ran, ...] = ()
    trouble: str = ""
