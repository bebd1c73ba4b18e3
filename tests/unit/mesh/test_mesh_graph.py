"""Graphs small enough to see: levels, effective tiers, cycles, closures."""

from __future__ import annotations

from tierline.mesh.closure import dependents_of, owners_of, reach
from tierline.mesh.cycles import shortest_cycles
from tierline.mesh.graph import Inversion, build_graph


def test_levels_tiers_and_order():
    graph = build_graph(
        {"a": [], "b": ["a"], "c": ["a", "b"], "d": []}, {"a": 2, "b": 0, "c": 1, "d": 0}
    )
    assert graph.levels == {"a": 0, "d": 0, "b": 1, "c": 2}
    assert graph.effective_tiers == {"a": 2, "b": 2, "c": 2, "d": 0}
    assert graph.order == ("d", "a", "b", "c")
    assert graph.inversions == (Inversion("b", 0, 2, "a"), Inversion("c", 1, 2, "a"))
    assert graph.dependents == {"a": ("b", "c"), "b": ("c",), "c": (), "d": ()}
    assert graph.cycles == ()


def test_edges_to_other_meshes_and_repeated_edges_do_not_count():
    graph = build_graph({"a": ["x", "b", "b"], "b": [], "x": ["a"]}, {"a": 0, "b": 0})
    assert graph.owners == {"a": ("b",), "b": ()}
    assert set(graph.levels) == {"a", "b"}


def test_a_cycle_takes_what_is_behind_it_out_of_the_order():
    graph = build_graph(
        {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": []}, dict.fromkeys("abcde", 0)
    )
    assert graph.cycles == (("a", "b", "c"),)
    assert graph.order == ("e",)
    assert graph.levels == {"e": 0}
    assert graph.effective_tiers == {"e": 0}


def test_each_component_shows_its_shortest_cycle():
    edges = {
        "a": ["b"], "b": ["c", "a"], "c": ["d"], "d": ["a"],
        "m": ["n"], "n": ["o"], "o": ["m", "p"], "p": ["m"],
        "s": ["s", "t"], "t": ["s"], "free": ["a"],
    }  # fmt: skip
    assert shortest_cycles(edges) == (("s",), ("a", "b"), ("m", "n", "o"))


def test_a_long_ring_is_found_whole():
    names = [f"s{n:05}" for n in range(20_000)]
    edges = {name: [names[(n + 1) % len(names)]] for n, name in enumerate(names)}
    assert shortest_cycles(edges) == (tuple(names),)


def test_closures_and_their_depth():
    graph = build_graph(
        {"a": [], "b": ["a"], "c": ["b"], "d": ["c", "a"]}, dict.fromkeys("abcd", 0)
    )
    assert owners_of(graph, ["c"]) == {"a", "b"}
    assert owners_of(graph, ["d"], 1) == {"a", "c"}
    assert dependents_of(graph, ["a"]) == {"b", "c", "d"}
    assert dependents_of(graph, ["a"], 1) == {"b", "d"}
    assert dependents_of(graph, ["a"], 0) == frozenset()
    assert reach(graph.owners, ["d"]) == {"d": 0, "a": 1, "c": 1, "b": 2}
    assert reach(graph.owners, ["nobody"]) == {"nobody": 0}
