"""What the conductor and the faces ask of a store; SQLite and memory satisfy it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.ledger.acts import Act
from tierline.ledger.model import Issue
from tierline.rollout.events import Command, Event, Recorded

LOCKED = "store/locked"
"""the code of the TemporaryError where another process is in the middle of writing"""


@frozen
class Asked:
    """A person's command, waiting for whoever holds the lease.

    `passes` names the checkpoint that a resume is for: the one that was seen waiting, "" for none.
    """

    command_id: int
    rollout: str
    command: Command
    by: str
    reason: str
    at: Instant
    passes: str = ""


@frozen
class Entry:
    """What one turn writes: the events of one rollout, by the holder of `token`."""

    rollout: str
    token: int
    at: Instant
    events: Sequence[Event]


class Store(Protocol):
    """One store holds all environments of one mesh on this machine.

    Raises LeaseLost where a newer token has written, TemporaryError where the medium may recover
    (locked, full), PermanentError where the journal is damaged (it names the first bad row).
    """

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        """Write all events of all turns in one durable transaction; returns the last seq.

        Somebody else's write since `expected_seq` raises LeaseLost and writes nothing.
        """
        ...

    async def commit(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        """As `append`, without standing in the way of whatever else the loop has to do.

        Not to be called again before it returned. Cancelled, it still waits for what it began.
        """
        ...

    def head(self, environment: str) -> int:
        """The last seq, 0 when nothing happened yet."""
        ...

    def read(
        self, environment: str, rollout: str | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        """Rows in order; each is checked against its hash and the row before it."""
        ...

    def rollouts(self, environment: str) -> tuple[str, ...]:
        """Ids of the rollouts of an environment, oldest first."""
        ...

    def save_plan(self, digest: str, document: str) -> None:
        """Keep a plan; of one that is kept already, the first document stays."""
        ...

    def renew_plan(self, digest: str, document: str) -> None:
        """Keep a plan that begins now: what its digest does not bind is as it is told here."""
        ...

    def load_plan(self, digest: str) -> str | None: ...

    def save_approval(self, environment: str, digest: str, document: str) -> None:
        """Keep a signed statement on the plan with that digest; the same one is kept once."""
        ...

    def approvals(self, environment: str, digest: str) -> tuple[str, ...]:
        """What was kept of a plan, oldest first."""
        ...

    def plans(self) -> tuple[str, ...]:
        """Digests of all plans kept, sorted."""
        ...

    def ask(self, environment: str, asked: Asked) -> int:
        """Leave a command for the conductor (`command_id` 0 is replaced); returns its id."""
        ...

    def asked(self, environment: str, after: int) -> tuple[Asked, ...]:
        """Commands with a higher id, oldest first."""
        ...

    def save_issues(self, environment: str, issues: Sequence[Issue]) -> None:
        """Insert or replace by id."""
        ...

    def issues(self, environment: str) -> tuple[Issue, ...]:
        """As they were saved, without people's acts since."""
        ...

    def act(self, environment: str, act: Act) -> int:
        """Keep what a person did to an issue (`act_id` 0 is replaced); returns its id."""
        ...

    def acts(self, environment: str) -> tuple[Act, ...]:
        """All of them, oldest first."""
        ...

    def close(self) -> None: ...
