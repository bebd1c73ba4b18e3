"""One suite for all stores: whatever one does or refuses, the others do and refuse alike."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierline.errors import LeaseLost
from tierline.ledger.acts import Act
from tierline.ledger.model import Deed, Issue, IssueState, Mark
from tierline.rollout.events import Command, Ending, Event, LeaseAcquired, RolloutEnded
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Asked, Entry, Store
from tierline.store.sqlite import SqliteStore

ONE, TWO = LeaseAcquired("ada", 1), RolloutEnded(Ending.HELD, "M05 failed")


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = (
        MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "journal.db")
    )
    yield made
    made.close()


def entry(*events: Event, token: int = 1, rollout: str = "R-1", at: float = 5.0) -> Entry:
    return Entry(rollout, token, at, events)


def issue(number: int, **changes: object) -> Issue:
    usual = Issue(
        f"I-{number}", "M05", "boot/exit", "exits", "2 dependents", "mend it", IssueState.OPEN, "R-1",
        opened_at=10.0 - number, changed_at=11.0,
    )  # fmt: skip
    return replace(usual, **changes)


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.head("local") == 0
    assert list(store.read("local")) == []
    assert store.rollouts("local") == ()
    assert store.asked("local", 0) == ()
    assert store.issues("local") == ()
    assert store.load_plan("digest") is None


def test_events_are_numbered_without_gaps_in_the_order_of_their_entry(store: Store) -> None:
    assert store.append("local", 0, entry(ONE, TWO)) == 2
    assert store.append("local", 2, entry(ONE, at=6.5, token=3)) == 3
    rows = list(store.read("local"))
    assert [(row.seq, row.event, row.at, row.token) for row in rows] == [
        (1, ONE, 5.0, 1),
        (2, TWO, 5.0, 1),
        (3, ONE, 6.5, 3),
    ]
    assert store.head("local") == 3


def test_an_entry_without_events_writes_nothing(store: Store) -> None:
    store.append("local", 0, entry(ONE))
    assert store.append("local", 1, entry()) == 1
    assert store.head("local") == 1


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_whoever_was_overtaken_writes_nothing(store: Store, expected: int) -> None:
    store.append("local", 0, entry(ONE, ONE))
    with pytest.raises(LeaseLost, match="local: the journal went on without us") as caught:
        store.append("local", expected, entry(TWO))
    assert caught.value.code == "lease/lost"
    assert [row.event for row in store.read("local")] == [ONE, ONE]


def test_an_older_token_writes_nothing_even_at_the_right_place(store: Store) -> None:
    store.append("local", 0, entry(ONE, token=7))
    with pytest.raises(LeaseLost):
        store.append("local", 1, entry(TWO, token=6))
    assert store.head("local") == 1
    assert store.append("local", 1, entry(TWO, token=7)) == 2


def test_environments_do_not_touch_each_other(store: Store) -> None:
    store.append("local", 0, entry(ONE, token=9))
    assert store.append("staging", 0, entry(TWO, token=1)) == 1
    store.ask("staging", Asked(0, "R-1", Command.HOLD, "ada", "", 1.0))
    store.save_issues("staging", [issue(1)])
    assert [row.event for row in store.read("local")] == [ONE]
    assert store.asked("local", 0) == ()
    assert store.issues("local") == ()


def test_reading_after_a_row_and_of_one_rollout(store: Store) -> None:
    store.append("local", 0, entry(ONE, TWO))
    store.append("local", 2, entry(TWO, rollout="R-2"))
    store.append("local", 3, entry(ONE))
    assert [row.seq for row in store.read("local", after=2)] == [3, 4]
    assert [row.seq for row in store.read("local", "R-1")] == [1, 2, 4]
    assert [row.seq for row in store.read("local", "R-1", after=1)] == [2, 4]
    assert [row.seq for row in store.read("local", after=9)] == []
    assert [row.seq for row in store.read("local", "R-9")] == []
    assert store.rollouts("local") == ("R-1", "R-2")


def test_what_was_read_does_not_grow(store: Store) -> None:
    store.append("local", 0, entry(ONE))
    rows = store.read("local")
    first = next(rows)
    store.append("local", 1, entry(TWO))
    assert [first.seq, *(row.seq for row in rows)] == [1]


def test_a_plan_is_kept_by_its_digest(store: Store) -> None:
    store.save_plan("digest", '{"a": 1}')
    store.save_plan("digest", '{"a": 2}')
    assert store.load_plan("digest") == '{"a": 1}'
    store.renew_plan("digest", '{"a": 3}')
    assert store.load_plan("digest") == '{"a": 3}'


def test_commands_are_numbered_and_read_once(store: Store) -> None:
    asked = [
        Asked(0, "R-1", command, "ada", f"reason “{command}”", 3.5, passes)
        for command, passes in ((Command.HOLD, ""), (Command.RESUME, "t1-l0"), (Command.ABORT, ""))
    ]
    ids = [store.ask("local", one) for one in asked]
    assert ids == sorted(set(ids))
    expected = tuple(replace(one, command_id=n) for one, n in zip(asked, ids, strict=True))
    assert store.asked("local", 0) == expected
    assert store.asked("local", ids[0]) == expected[1:]
    assert store.asked("local", ids[-1]) == ()


def test_an_issue_is_replaced_by_its_id_and_the_oldest_is_first(store: Store) -> None:
    store.save_issues("local", [issue(1), issue(2), issue(3)])
    changed = issue(1, state=IssueState.CLOSED, reopened=2)
    store.save_issues("local", [changed])
    store.save_issues("local", [])
    assert store.issues("local") == (issue(3), issue(2), changed)


@given(st.text(), st.text(), st.floats(allow_nan=False), st.integers(0, 2**62))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_and_numbers_come_back(
    store: Store, holder: str, rollout: str, at: float, token: int
) -> None:
    environment = repr((holder, rollout, at, token))
    event = LeaseAcquired(holder + "\udc80", token)
    if store.head(environment) == 0:
        store.append(environment, 0, Entry("R" + rollout.replace("\0", ""), token, at, [event]))
    (row,) = store.read(environment)
    assert (row.event, row.at, row.token) == (event, at, token)


def test_statements_on_a_plan_are_kept_once_and_in_order(store: Store) -> None:
    for document in ("b", "a", "b"):
        store.save_approval("eu", "d1", document)
    store.save_approval("us", "d1", "c")
    store.save_approval("eu", "d2", "d")
    assert store.approvals("eu", "d1") == ("b", "a")
    assert (store.approvals("us", "d1"), store.approvals("us", "d2")) == (("c",), ())


def test_plans_are_known_by_their_digests(store: Store) -> None:
    assert store.plans() == ()
    store.save_plan("d2", "{}")
    store.save_plan("d1", "{}")
    assert store.plans() == ("d1", "d2")


def test_an_issue_of_a_release_keeps_its_services(store: Store) -> None:
    kept = issue(1, service_id="", services=("M01", "M02"))
    store.save_issues("local", [kept])
    assert store.issues("local") == (kept,)


def test_acts_are_kept_in_order_by_environment(store: Store) -> None:
    first = Act(0, "I-00000001", Deed.ASSIGNED, "ada", 5.0, "bea")
    added = Act(0, "I-00000002", Deed.OPENED, "ada", 6.0, "words", issue(2))
    assert [store.act("local", one) for one in (first, added)] == [1, 2]
    assert store.acts("local") == (replace(first, act_id=1), replace(added, act_id=2))
    assert store.acts("staging") == ()


def test_an_issue_keeps_its_history(store: Store) -> None:
    kept = issue(1, assignee="bea", taken=3, history=(Mark(5.0, Deed.CLOSED, "ada", "", "done"),))
    store.save_issues("local", [kept])
    assert store.issues("local") == (kept,)


def test_a_commit_is_an_append(store: Store) -> None:
    assert asyncio.run(store.commit("local", 0, entry(ONE), entry(TWO, at=6.0))) == 2
    assert [(row.event, row.at) for row in store.read("local")] == [(ONE, 5.0), (TWO, 6.0)]
    with pytest.raises(LeaseLost):
        asyncio.run(store.commit("local", 1, entry(TWO)))
    assert store.head("local") == 2


def test_a_commit_holds_nobody_up_and_is_not_left_half_way(tmp_path: Path) -> None:
    """Somebody else is writing: commands are read meanwhile; cancelled, it is whole or not at all."""

    async def commit() -> None:
        store = SqliteStore(tmp_path / "journal.db")
        other = sqlite3.connect(tmp_path / "journal.db")
        other.execute("BEGIN IMMEDIATE")
        committing = asyncio.create_task(store.commit("local", 0, entry(ONE)))
        await asyncio.sleep(0)
        assert (store.asked("local", 0), store.head("local")) == ((), 0)
        committing.cancel()
        await asyncio.sleep(0)
        assert not committing.done()
        other.close()
        with pytest.raises(asyncio.CancelledError):
            await committing
        assert [row.event for row in store.read("local")] == [ONE]
        store.close()

    asyncio.run(commit())


def test_who_asked_in_vain_hears_of_what_comes_later(store: Store, tmp_path: Path) -> None:
    """Also from another process, which has a connection of its own."""
    hold = Asked(1, "R-1", Command.HOLD, "ada", "lunch", 7.0)
    assert (store.asked("local", 0), store.asked("local", 0)) == ((), ())
    other = SqliteStore(tmp_path / "journal.db") if isinstance(store, SqliteStore) else store
    other.ask("local", hold)
    assert store.asked("local", 1) == ()
    assert (store.asked("local", 0), store.asked("local", 0)) == ((hold,), (hold,))
    assert store.asked("staging", 0) == ()
