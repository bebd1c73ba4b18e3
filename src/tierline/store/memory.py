"""A store that lives as long as the process: for simulation, and as the plainest reading of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tierline.errors import LeaseLost
from tierline.ledger.acts import Act
from tierline.ledger.model import Issue
from tierline.rollout.events import Recorded
from tierline.store.protocol import Asked, Entry


class MemoryStore:
    """Satisfies `Store`; keeps events as values, so nothing is encoded."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Recorded]] = {}
        self._plans: dict[str, str] = {}
        self._approvals: dict[tuple[str, str], dict[str, None]] = {}
        self._asked: dict[str, list[Asked]] = {}
        self._issues: dict[str, dict[str, Issue]] = {}
        self._acts: dict[str, list[Act]] = {}

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        rows = self._rows.setdefault(environment, [])
        newest = rows[-1].token if rows else 0
        if len(rows) != expected_seq or any(entry.token < newest for entry in entries):
            raise lost(environment, expected_seq, len(rows))
        for entry in entries:
            for event in entry.events:
                seq = len(rows) + 1
                rows.append(Recorded(seq, entry.rollout, entry.at, entry.token, event))
        return len(rows)

    async def commit(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        return self.append(environment, expected_seq, *entries)

    def head(self, environment: str) -> int:
        return len(self._rows.get(environment, ()))

    def read(
        self, environment: str, rollout: str | None = None, after: int = 0
    ) -> Iterator[Recorded]:
        rows = self._rows.get(environment, [])[after:]
        return (row for row in rows if rollout is None or row.rollout == rollout)

    def rollouts(self, environment: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.rollout for row in self._rows.get(environment, ())))

    def save_plan(self, digest: str, document: str) -> None:
        self._plans.setdefault(digest, document)

    def renew_plan(self, digest: str, document: str) -> None:
        self._plans[digest] = document

    def load_plan(self, digest: str) -> str | None:
        return self._plans.get(digest)

    def save_approval(self, environment: str, digest: str, document: str) -> None:
        self._approvals.setdefault((environment, digest), {})[document] = None

    def approvals(self, environment: str, digest: str) -> tuple[str, ...]:
        return tuple(self._approvals.get((environment, digest), ()))

    def plans(self) -> tuple[str, ...]:
        return tuple(sorted(self._plans))

    def ask(self, environment: str, asked: Asked) -> int:
        waiting = self._asked.setdefault(environment, [])
        waiting.append(replace(asked, command_id=len(waiting) + 1))
        return len(waiting)

    def asked(self, environment: str, after: int) -> tuple[Asked, ...]:
        return tuple(self._asked.get(environment, ())[after:])

    def save_issues(self, environment: str, issues: Sequence[Issue]) -> None:
        kept = self._issues.setdefault(environment, {})
        kept.update({issue.id: issue for issue in issues})

    def issues(self, environment: str) -> tuple[Issue, ...]:
        kept = self._issues.get(environment, {}).values()
        return tuple(sorted(kept, key=lambda issue: (issue.opened_at, issue.id)))

    def act(self, environment: str, act: Act) -> int:
        kept = self._acts.setdefault(environment, [])
        kept.append(replace(act, act_id=len(kept) + 1))
        return len(kept)

    def acts(self, environment: str) -> tuple[Act, ...]:
        return tuple(self._acts.get(environment, ()))

    def close(self) -> None:
        pass


def lost(environment: str, expected: int, found: int) -> LeaseLost:
    """The error for a writer whom another one has overtaken."""
    return LeaseLost(
        f"{environment}: the journal went on without us (row {found}, expected {expected})",
        code="lease/lost",
        fix="another conductor took over; see tierline status",
    )
