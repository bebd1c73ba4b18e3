"""Keeps the ledger in step with what a rollout has come to; decides nothing of its own."""

from __future__ import annotations

from tierline.ledger.history import settle
from tierline.ledger.model import Issue
from tierline.rollout.state import ENDED, State
from tierline.store.protocol import Store


def kept_issues(store: Store, environment: str, state: State | None) -> tuple[Issue, ...]:
    """All issues of an environment, after those of its newest rollout are saved.

    Whoever looks calls this too: a conductor that was killed between the end of its rollout and
    the ledger leaves nothing out. Doing it twice changes nothing.
    """
    known = store.issues(environment)
    if state is None or state.status not in ENDED:
        return known
    fresh = settle(state, known)
    if fresh:
        store.save_issues(environment, fresh)
    return store.issues(environment) if fresh else known
