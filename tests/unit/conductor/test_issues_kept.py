"""The ledger holds what a rollout came to, also when its conductor died before it could say so."""

from __future__ import annotations

from rollouts import completed, held_by_payments
from tierline.conductor.issues import issues_now, keep_issues
from tierline.store.memory import MemoryStore


def test_whoever_looks_finds_the_issues_that_a_killed_conductor_did_not_save() -> None:
    store, state = MemoryStore(), held_by_payments()
    found = issues_now(store, "local", state)
    assert "M05-Payments" in {issue.service_id for issue in found}
    assert store.issues("local") == (), "who looks writes nothing"
    keep_issues(store, "local", state)
    assert issues_now(store, "local", state) == found == store.issues("local")


def test_a_rollout_that_still_runs_changes_nothing() -> None:
    store = MemoryStore()
    keep_issues(store, "local", None)
    assert issues_now(store, "local", None) == ()
    keep_issues(store, "local", completed())
    before = store.issues("local")
    assert issues_now(store, "local", None) == before
