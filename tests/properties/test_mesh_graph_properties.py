"""What holds of every graph: levels, effective tiers, order and cycles against their definitions."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from tierline.mesh.closure import dependents_of, owners_of
from tierline.mesh.graph import Graph, build_graph

Edges = Mapping[str, list[str]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Edges, Mapping[str, int]]:
    """Up to nine services, any edges between them and to strangers, any tiers."""
    names = [f"s{n}" for n in range(draw(st.integers(0, 9)))]
    others = st.sampled_from([*names, "stranger"])
    edges = {name: draw(st.lists(others, max_size=4)) for name in names}
    return edges, {name: draw(st.integers(0, 3)) for name in names}


def behind_a_cycle(edges: Edges) -> set[str]:
    """Whoever may walk for ever: the brute way."""
    alive = set(edges)
    while True:
        stuck = {name for name in alive if any(owner in alive for owner in edges[name])}
        if stuck == alive:
            return alive
        alive = stuck


def depth(name: str, edges: Edges) -> int:
    """The longest way down to a service without owners."""
    return max((1 + depth(owner, edges) for owner in edges[name] if owner in edges), default=0)


def built(given_: tuple[Edges, Mapping[str, int]]) -> Graph:
    return build_graph(*given_)


@given(graphs())
def test_levels_are_the_longest_way_down(given_: tuple[Edges, Mapping[str, int]]):
    edges, _ = given_
    free = edges.keys() - behind_a_cycle(edges)
    assert built(given_).levels == {name: depth(name, edges) for name in free}


@given(graphs())
def test_the_effective_tier_is_the_largest_of_its_own_and_its_owners(
    given_: tuple[Edges, Mapping[str, int]],
):
    edges, tiers = given_
    graph = built(given_)
    for name, effective in graph.effective_tiers.items():
        owners = [graph.effective_tiers[owner] for owner in edges[name] if owner in edges]
        assert effective == max([tiers[name], *owners])
    overruled = {inversion.service_id: inversion for inversion in graph.inversions}
    for name, effective in graph.effective_tiers.items():
        assert (name in overruled) == (effective > tiers[name])
    for name, inversion in overruled.items():
        assert inversion.because in graph.owners[name]
        assert graph.effective_tiers[inversion.because] == inversion.effective_tier


@given(graphs())
def test_the_order_has_every_owner_first_and_tiers_in_turn(
    given_: tuple[Edges, Mapping[str, int]],
):
    graph = built(given_)
    at = {name: index for index, name in enumerate(graph.order)}
    assert set(at) == set(graph.levels) == set(graph.effective_tiers)
    assert all(at[owner] < at[name] for name in at for owner in graph.owners[name])
    in_turn = [graph.effective_tiers[name] for name in graph.order]
    assert in_turn == sorted(in_turn)


@given(graphs())
def test_cycles_are_cycles_one_for_each_knot_and_no_shorter_one_exists(
    given_: tuple[Edges, Mapping[str, int]],
):
    edges, _ = given_
    graph = built(given_)
    knots = {frozenset(knot(name, graph)) for name in edges if name in owners_of_all(name, graph)}
    assert {frozenset(knot(cycle[0], graph)) for cycle in graph.cycles} == knots
    assert len(graph.cycles) == len(knots)
    for cycle in graph.cycles:
        assert len(set(cycle)) == len(cycle)
        assert cycle[0] == min(cycle)
        pairs = zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        assert all(owner in edges[name] for name, owner in pairs)
        members = knot(cycle[0], graph)
        assert len(cycle) == min(way_back(name, graph) for name in members)


def owners_of_all(name: str, graph: Graph) -> set[str]:
    """Everything that `name` waits for, itself too where it waits for itself."""
    found: set[str] = set()
    waiting = list(graph.owners[name])
    while waiting:
        owner = waiting.pop()
        if owner not in found:
            found.add(owner)
            waiting.extend(graph.owners[owner])
    return found


def knot(name: str, graph: Graph) -> set[str]:
    """All that wait for each other with `name`."""
    return {
        other
        for other in owners_of_all(name, graph)
        if name in owners_of_all(other, graph) or other == name
    }


def way_back(name: str, graph: Graph) -> int:
    """Steps from `name` to itself."""
    ring, steps, seen = {name}, 0, set[str]()
    while True:
        steps += 1
        ring = {owner for found in ring for owner in graph.owners[found]} - seen
        if name in ring:
            return steps
        seen |= ring


@given(graphs())
def test_owners_and_dependents_mirror_each_other(given_: tuple[Edges, Mapping[str, int]]):
    edges, _ = given_
    graph = built(given_)
    for name in edges:
        for owner in owners_of(graph, [name]):
            assert name in dependents_of(graph, [owner])
        assert all(name in graph.owners[other] for other in graph.dependents[name])
