"""The reflector ends up with what is there, whatever the stream does on the way."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tierline.targets.kubernetes.reflector import (
    LONGEST_PAUSE,
    Listing,
    Reflector,
    Watching,
)


def item(name: str, version: int) -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": str(version)}}


def event(kind: str, name: str, version: int) -> dict[str, Any]:
    return {"type": kind, "object": item(name, version)}


LISTED, _ = Reflector().listed([item("a", 1), item("b", 2)], "2", "")


def test_a_list_syncs_and_the_watch_goes_on_from_it() -> None:
    state, changes = Reflector().listed([item("a", 1)], "5", "")
    assert (changes.synced, set(changes.objects)) == (True, {"a"})
    assert state.ask == Watching("5")


def test_pages_count_when_the_last_is_there() -> None:
    state, changes = Reflector().listed([item("a", 1)], "5", "more")
    assert (state.ask, changes.synced, changes.objects) == (Listing("more"), False, {})
    state, changes = state.listed([item("b", 2)], "5", "")
    assert set(changes.objects) == {"a", "b"}


def test_events_move_objects_and_the_version() -> None:
    state, changes = LISTED.told(event("MODIFIED", "a", 7), 0.5)
    assert changes.objects == {"a": item("a", 7)}
    assert state.ask == Watching("7")
    state, changes = state.told(event("DELETED", "b", 8), 0.5)
    assert changes.objects == {"b": None}
    state, changes = state.told(event("BOOKMARK", "", 99), 0.5)
    assert (changes.objects, state.ask) == ({}, Watching("99"))
    assert set(state.objects) == {"a"}


def test_what_is_too_old_is_listed_anew_and_what_vanished_is_told() -> None:
    gone = {"type": "ERROR", "object": {"kind": "Status", "code": 410}}
    state, _ = LISTED.told(gone, 0.5)
    assert state.ask == Listing()
    state, changes = state.listed([item("b", 2), item("c", 9)], "9", "")
    assert changes.objects == {"c": item("c", 9), "a": None}


def test_a_watch_that_breaks_goes_on_where_it_was() -> None:
    state = LISTED.broke(0, 0.0, 1.0)
    assert (state.ask, state.failures) == (Watching("2"), 1)
    assert LISTED.ended(0.5, whole=False).ask == Watching("2")


def test_a_whole_round_ends_with_a_list_so_that_a_lost_event_is_made_up_for() -> None:
    state = LISTED.ended(0.5, whole=True)
    assert state.ask == Listing()
    state, changes = state.listed([item("a", 5)], "7", "")
    assert changes.objects == {"a": item("a", 5), "b": None}


def test_watches_that_end_at_once_are_asked_for_less_and_less_often() -> None:
    pauses: list[float] = []
    state = LISTED
    for _ in range(8):
        state = state.ended(1.0, whole=False)
        pauses.append(state.pause)
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 3.2, 3.2]
    assert state.told(event("MODIFIED", "a", 7), 0.5)[0].ended(1.0, whole=False).pause == 0.1


def test_a_list_from_before_what_was_seen_is_not_believed() -> None:
    state, _ = LISTED.told(event("MODIFIED", "a", 7), 0.5)
    state = state.broke(410, 0.0, 0.5)
    older, changes = state.listed([item("a", 1)], "6", "")
    assert (changes.objects, changes.synced, older.ask) == ({}, False, Listing())
    assert dict(older.objects) == dict(state.objects)
    same, changes = older.listed([item("a", 7), item("b", 2)], "7", "")
    assert (changes.objects, changes.synced, same.ask) == ({}, True, Watching("7"))


def test_an_event_that_was_overtaken_changes_nothing() -> None:
    state, _ = LISTED.told(event("MODIFIED", "a", 9), 0.5)
    state, changes = state.told(event("MODIFIED", "a", 8), 0.5)
    assert changes.objects == {}
    assert state.objects["a"] == item("a", 9)
    _, changes = state.told(event("DELETED", "a", 8), 0.5)
    assert changes.objects == {}
    assert LISTED.broke(429, 7.0, 0.0).pause == 7.0


def test_pauses_grow_to_a_limit() -> None:
    state = LISTED
    pauses: list[float] = []
    for _ in range(12):
        state = state.broke(503, 0.0, 1.0)
        pauses.append(state.pause)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_odd_lines_break_the_watch_only() -> None:
    for line in ({}, {"type": "ADDED"}, {"type": "ERROR", "object": {}}, {"type": 1, "object": []}):
        state, changes = LISTED.told(line, 0.5)
        assert (changes.objects, state.failures) == ({}, 1)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=20), st.integers(0, 20))
def test_after_a_list_the_objects_are_those_of_the_cluster(
    history: list[tuple[str, bool]], lost: int
) -> None:
    """Events after `lost` never arrive; the list that follows makes up for them, with deletes."""
    there: dict[str, dict[str, Any]] = {}
    shown: dict[str, dict[str, Any]] = {}
    state, _ = Reflector().listed([], "0", "")
    for number, (name, lives) in enumerate(history, 1):
        if lives:
            there[name] = item(name, number)
        else:
            there.pop(name, None)
        if number <= lost:
            state, changes = state.told(event("ADDED" if lives else "DELETED", name, number), 0.5)
            shown = _after(shown, changes.objects)
    state = state.broke(410, 0.0, 0.5)
    state, changes = state.listed(there.values(), "99", "")
    assert _after(shown, changes.objects) == there == dict(state.objects)


def _after(shown: dict[str, Any], moved: Any) -> dict[str, Any]:
    return {name: one for name, one in {**shown, **moved}.items() if one is not None}
