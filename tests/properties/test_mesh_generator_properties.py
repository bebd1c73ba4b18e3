"""Every generated mesh has the shape that was asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mesh_generator import Shape, declare

from tierline.mesh.graph import build_graph
from tierline.mesh.profiles import DOMAINS

SHAPES = st.builds(
    Shape,
    services=st.integers(20, 120),
    edges=st.integers(1, 60),
    externals=st.integers(0, 20),
    inversions=st.integers(0, 1),
    seed=st.integers(0, 2**32),
)


@given(SHAPES)
def test_edges_externals_and_inversions_are_those_asked_for(shape: Shape) -> None:
    made = declare(shape)
    tiers = {one.service_id: DOMAINS[one.domain] for one in made.services}
    graph = build_graph({one.service_id: one.depends_on for one in made.services}, tiers)
    assert len(tiers) == shape.services
    assert graph.cycles == ()
    assert sum(map(len, graph.owners.values())) == shape.edges
    assert len(graph.inversions) == shape.inversions
    named = {name for one in made.services for name in one.depends_on}
    assert named - tiers.keys() == set(made.externals)
    assert len(made.externals) == shape.externals
