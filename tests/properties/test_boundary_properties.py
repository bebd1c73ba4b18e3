"""Least sets and orders of a release against brute force over all sets and all permutations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from tierline.boundary.closure import closure, narrowed
from tierline.boundary.model import Basis, Boundary, Fit, Judgement, Matrix
from tierline.boundary.order import order_of

NAMES = ("A", "B", "C", "D", "E")
OWNERS = Mapping[str, tuple[str, ...]]
JUDGED = {fit: Judgement(fit, Basis.COMPARED, "") for fit in Fit}


@st.composite
def releases(draw: st.DrawFn) -> tuple[Matrix, OWNERS]:
    """A mesh of up to five services; later ones may read what earlier ones own."""
    names = NAMES[: draw(st.integers(2, 5))]
    still = draw(st.frozensets(st.sampled_from(names), max_size=2))
    candidate = {name: "1" if name in still else "2" for name in names}
    running = {name: draw(st.sampled_from(["1", "1", "1", "absent"])) for name in names}
    pairs: dict[Boundary, dict[tuple[str, str], Judgement]] = {}
    owners: dict[str, tuple[str, ...]] = dict.fromkeys(names, ())
    fits = st.sampled_from([Fit.YES, Fit.YES, Fit.YES, Fit.NO, Fit.UNKNOWN])
    for one, other in combinations(names, 2):
        for binds, consumer, provider in ((True, other, one), (False, one, other)):
            if draw(st.integers(0, 2)):
                continue
            contract = draw(st.sampled_from(["", "contracts/x"]))
            if binds:
                owners[consumer] = (*owners[consumer], provider)
            pairs[Boundary(consumer, provider, contract, binds)] = {
                (a, b): JUDGED[draw(fits)] for a in "12" for b in "12"
            }
    return Matrix(candidate, running, pairs, draw(st.booleans())), owners


def safe_state(matrix: Matrix, moved: frozenset[str]) -> bool:
    """Whether all boundaries of what has moved are safe when just these have."""
    changed = {name for name in moved if matrix.moves(name)}
    for one in matrix.pairs:
        if one.consumer not in changed and one.provider not in changed:
            continue
        revisions = [
            matrix.candidate[name] if name in moved else matrix.running[name]
            for name in (one.consumer, one.provider)
        ]
        if not matrix.safe(one, revisions[0], revisions[1]):
            return False
    return True


def subsets(names: tuple[str, ...]) -> Iterator[frozenset[str]]:
    for size in range(len(names) + 1):
        yield from (frozenset(chosen) for chosen in combinations(names, size))


@given(releases(), st.data())
def test_the_closure_is_the_least_set_that_works_or_none_does(
    release: tuple[Matrix, OWNERS], data: st.DataObject
) -> None:
    matrix, _ = release
    names = tuple(matrix.candidate)
    asked = data.draw(st.frozensets(st.sampled_from(names), min_size=1))
    found = frozenset(closure(matrix, sorted(asked)).services)
    working = [s for s in subsets(names) if s >= asked and safe_state(matrix, s)]
    assert all(found <= one for one in working)
    assert safe_state(matrix, found) == bool(working)


@given(releases(), st.data())
def test_every_service_of_the_closure_is_forced_by_one_that_is_in_it(
    release: tuple[Matrix, OWNERS], data: st.DataObject
) -> None:
    matrix, _ = release
    asked = data.draw(st.sampled_from(tuple(matrix.candidate)))
    closed = closure(matrix, [asked])
    for name in closed.forced:
        steps = closed.chain(name)
        assert steps[0].by == asked
        assert steps[-1].service_id == name
        for before, after in pairwise(steps):
            assert before.service_id == after.by
        for step in steps:
            assert {step.service_id, step.by} == {step.boundary.consumer, step.boundary.provider}
            assert not matrix.safe(step.boundary, *step.met)


def in_order(line: tuple[str, ...], before: Mapping[str, tuple[str, ...]]) -> bool:
    place = {name: at for at, name in enumerate(line)}
    return all(
        place[other] < place[name]
        for name, others in before.items()
        for other in others
        if name in place and other in place
    )


def safe_line(matrix: Matrix, line: tuple[str, ...]) -> bool:
    return all(safe_state(matrix, frozenset(line[:n])) for n in range(1, len(line) + 1))


@settings(max_examples=200)
@given(releases(), st.data())
def test_an_order_passes_no_unsafe_state_and_is_refused_only_where_none_exists(
    release: tuple[Matrix, OWNERS], data: st.DataObject
) -> None:
    whole, owners = release
    inside = data.draw(st.frozensets(st.sampled_from(tuple(whole.candidate)), min_size=1))
    matrix = narrowed(whole, inside)
    order = order_of(matrix, owners)
    state = Matrix(
        {name: matrix.candidate.get(name, matrix.running[name]) for name in whole.candidate},
        matrix.running,
        matrix.pairs,
        matrix.ties,
    )
    lines = [line for line in permutations(matrix.candidate) if in_order(line, owners)]
    if order.refused:
        assert not any(safe_line(state, line) for line in lines)
        return
    kept = [line for line in lines if in_order(line, order.after)]
    assert kept
    assert all(safe_line(state, line) for line in kept)
