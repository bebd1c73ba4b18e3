"""Keeps the ledger in step with what a rollout has come to; decides nothing of its own."""

from __future__ import annotations

from tierline.ledger.acts import with_acts
from tierline.ledger.history import begun, settle
from tierline.ledger.model import Issue
from tierline.rollout.state import ENDED, State
from tierline.store.protocol import Store


def issues_now(store: Store, environment: str, state: State | None) -> tuple[Issue, ...]:
    """All issues of an environment, those of its newest rollout included, saved or not.

    A conductor may be killed between the end of its rollout and the ledger: who looks misses
    nothing, and writes nothing.
    """
    known = known_issues(store, environment)
    found = {issue.id: issue for issue in (*known, *_fresh(state, known))}
    return tuple(sorted(found.values(), key=lambda issue: (issue.opened_at, issue.id)))


def keep_issues(store: Store, environment: str, state: State | None) -> None:
    """Save what the newest rollout has come to. Doing it twice changes nothing."""
    fresh = _fresh(state, known_issues(store, environment))
    if fresh:
        store.save_issues(environment, fresh)


def known_issues(store: Store, environment: str) -> tuple[Issue, ...]:
    """All issues as they were saved, with what people did to them since."""
    return with_acts(store.issues(environment), store.acts(environment))


def _fresh(state: State | None, known: tuple[Issue, ...]) -> tuple[Issue, ...]:
    if state is None:
        return ()
    return settle(state, known) if state.status in ENDED else begun(state, known)
