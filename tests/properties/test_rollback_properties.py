"""The rollback's core against brute force, on random graphs of up to nine services."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tierline.boundary.model import Fit
from tierline.rollback.coverage import coverage, first_unsafe
from tierline.rollback.model import Edge, Pin, Scene
from tierline.rollback.solve import solve

FITS = st.sampled_from([Fit.YES, Fit.YES, Fit.YES, Fit.NO, Fit.UNKNOWN])
OUTSIDE = "outside"


@st.composite
def scenes(draw: st.DrawFn, most: int = 9) -> Scene:
    """A rollout of some services, their boundaries, and who cannot go back from when on."""
    count = draw(st.integers(1, most))
    names = [f"s{number}" for number in range(count)]
    ends = [*names, OUTSIDE]
    edges = draw(
        st.lists(
            st.builds(
                Edge,
                consumer=st.sampled_from(ends),
                provider=st.sampled_from(ends),
                contract=st.just("api"),
                provider_back=FITS,
                consumer_back=FITS,
            ).filter(lambda edge: edge.consumer != edge.provider),
            max_size=14,
        )
    )
    pinned = draw(st.dictionaries(st.sampled_from(names), st.integers(0, count), max_size=2))
    pins = {name: (Pin("pin", "it cannot", after),) for name, after in pinned.items()}
    return Scene(tuple(draw(st.permutations(names))), tuple(edges), pins)


def holds(scene: Scene, started: frozenset[str], old: frozenset[str]) -> bool:
    """Whether every boundary works where `old` of what was started went back."""
    for edge in scene.edges:
        consumer, provider = edge.consumer in old, edge.provider in old
        if not {edge.consumer, edge.provider} <= started | {OUTSIDE}:
            continue
        if provider and not consumer and edge.provider_back is not Fit.YES:
            return False
        if consumer and not provider and edge.consumer_back is not Fit.YES:
            return False
    return True


def safe_sets(scene: Scene, failed: str, started: int) -> list[frozenset[str]]:
    """All sets that hold what failed, can go back and leave every boundary working."""
    running = frozenset(scene.changed[:started])
    free = [
        name for name in running if not any(p.after <= started for p in scene.pins.get(name, ()))
    ]
    return [
        frozenset(chosen)
        for size in range(1, len(free) + 1)
        for chosen in combinations(free, size)
        if failed in chosen and holds(scene, running, frozenset(chosen))
    ]


@settings(max_examples=400, deadline=None)
@given(scenes(), st.data())
def test_it_is_the_least_safe_set_and_refused_exactly_where_there_is_none(
    scene: Scene, data: st.DataObject
) -> None:
    started = data.draw(st.integers(1, len(scene.changed)))
    failed = data.draw(st.sampled_from(scene.changed[:started]))
    possible = safe_sets(scene, failed, started)
    answer = solve(scene, [failed], started=started, downtime=True)
    event("refused" if answer.refusals else "possible")
    assert bool(answer.refusals) == (not possible)
    if possible:
        least = frozenset.intersection(*possible)
        assert least in possible
        assert frozenset(answer.services) == least
        assert sorted(name for step in answer.steps for name in step) == sorted(least)


@settings(max_examples=400, deadline=None)
@given(scenes(), st.data())
def test_no_step_of_the_order_passes_through_an_unsafe_state(
    scene: Scene, data: st.DataObject
) -> None:
    failed = data.draw(st.sampled_from(scene.changed))
    answer = solve(scene, [failed])
    old: frozenset[str] = frozenset()
    for step in answer.steps:
        assert len(step) == 1
        old |= frozenset(step)
        assert holds(scene, frozenset(scene.changed), old), (answer, old)


@settings(max_examples=400, deadline=None)
@given(scenes(), st.data())
def test_one_by_one_is_refused_exactly_where_no_order_is_safe(
    scene: Scene, data: st.DataObject
) -> None:
    failed = data.draw(st.sampled_from(scene.changed))
    together = solve(scene, [failed], downtime=True)
    if together.refusals:
        return
    goal, running = frozenset(together.services), frozenset(scene.changed)
    reached, behind = {frozenset[str]()}, [frozenset[str]()]
    while behind:
        now = behind.pop()
        for name in goal - now:
            then = now | {name}
            if then not in reached and holds(scene, running, then):
                reached.add(then)
                behind.append(then)
    assert bool(solve(scene, [failed]).refusals) == (goal not in reached)


@settings(max_examples=300, deadline=None)
@given(scenes())
def test_coverage_counts_what_trying_each_case_counts(scene: Scene) -> None:
    count = len(scene.changed)
    cases = [(k, name) for k in range(1, count + 1) for name in scene.changed[:k]]
    safe = {(k, name) for k, name in cases if not solve(scene, [name], started=k).refusals}
    found = coverage(scene)
    assert (found.cases, found.safe) == (len(cases), len(safe))
    first = min((k for k, name in cases if (k, name) not in safe), default=None)
    assert (found.turning.step if found.turning else None) == first
    unsafe = first_unsafe(scene)
    for k, name in cases:
        assert ((k, name) in safe) == (k < unsafe[name])


@settings(max_examples=200, deadline=None)
@given(scenes(), st.data())
def test_a_chain_leads_from_what_failed_over_boundaries_to_what_cannot_go_back(
    scene: Scene, data: st.DataObject
) -> None:
    failed = data.draw(st.sampled_from(scene.changed))
    for refusal in solve(scene, [failed]).refusals:
        links = refusal.chain
        assert links[0].service_id == failed
        assert links[-1].service_id == refusal.service_id
        for before, after in pairwise(links):
            assert after.by == before.service_id
            assert any(
                {edge.consumer, edge.provider} == {before.service_id, after.service_id}
                for edge in scene.edges
            )
