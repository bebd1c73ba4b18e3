"""The agenda gives what a table of times would give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tierline.conductor.agenda import Agenda

NAMES = st.sampled_from(["M01", "M02", "M03", "M04"])
TIMES = st.integers(0, 8).map(float)
STEPS = st.one_of(
    st.tuples(st.just("note"), NAMES, TIMES),
    st.tuples(st.just("drop"), NAMES, TIMES),
    st.tuples(st.just("due"), NAMES, TIMES),
)


@given(st.lists(STEPS, max_size=40))
def test_it_is_a_table_of_times(steps: list[tuple[str, str, float]]) -> None:
    agenda, table = Agenda(), dict[str, float]()
    for kind, name, at in steps:
        if kind == "note":
            agenda.note(name, at)
            table[name] = at
        elif kind == "drop":
            agenda.drop(name)
            table.pop(name, None)
        else:
            due = {one for one, when in table.items() if when <= at}
            table = {one: when for one, when in table.items() if one not in due}
            assert agenda.due(at) == due
        assert agenda.next_at == min(table.values(), default=None)


def test_what_is_noted_again_and_again_takes_one_place() -> None:
    agenda = Agenda()
    for number in range(1000):
        agenda.drop("M01")
        agenda.note("M01", 2000.0 - number)
        agenda.note("M02", 0.5)
        assert agenda.next_at == 0.5
    assert len(agenda._heap) < 100
    assert agenda.due(9000.0) == {"M01", "M02"}
    assert agenda.next_at is None
