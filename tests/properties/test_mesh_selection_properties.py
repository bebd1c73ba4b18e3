"""Whatever people type chooses services or is a usage error; the set algebra holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from made.trees import IDS, sound_files, tree_of
from tierline.errors import UsageError
from tierline.mesh.parse import parse_mesh
from tierline.mesh.selection import needs, parse_selection, select

MESH = parse_mesh(tree_of(sound_files()))
TERMS = st.sampled_from(
    ["M01", "M02", "M03-Profile-Service", "+M02", "M02+", "1+M03", "M01+1", "domain:data-ai",
     "tier:0", "tier:2", "batch:t1-l1", "+tier:2"]
)  # fmt: skip


def chosen(text: str) -> frozenset[str]:
    """What a selection chooses; nothing where it chooses nothing."""
    try:
        return frozenset(select(parse_selection(text), MESH, {}))
    except UsageError as error:
        assert error.code == "selection/empty"
        return frozenset()


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            ["M01", "+", ",", " ", ":", '"', "9", "tier", "file:", "outdated", "é", "-"]
        ),
        max_size=12,
    ).map("".join)
)
def test_any_text_is_a_selection_or_a_usage_error_that_can_be_shown(text: str):
    try:
        selection = parse_selection(text)
        gathered = {need: frozenset({"M01"}) for need in needs(selection)}
        names = select(selection, MESH, gathered)
    except UsageError as error:
        assert error.code.startswith("selection/")
        assert error.message.isprintable()
    else:
        assert names
        assert list(names) == [name for name in IDS if name in names]


@given(TERMS, TERMS, TERMS)
def test_a_blank_is_union_and_a_comma_intersection_that_binds_tighter(a: str, b: str, c: str):
    assert chosen(f"{a} {b}") == chosen(a) | chosen(b)
    assert chosen(f"{a},{b}") == chosen(a) & chosen(b)
    assert chosen(f"{a},{b} {c}") == (chosen(a) & chosen(b)) | chosen(c)
    assert chosen(f"{a} {b},{c}") == chosen(a) | (chosen(b) & chosen(c))
