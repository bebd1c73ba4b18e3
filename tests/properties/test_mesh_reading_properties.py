"""Whatever a file holds, reading ends, within bounds, with values or defects that can be shown."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from made.trees import IDS, sound_files, tree_of
from tierline.mesh.defect import Defect
from tierline.mesh.jsonfile import read_json
from tierline.mesh.node import ListNode, MapNode, Node, Scalar, plain_value
from tierline.mesh.parse import parse_mesh
from tierline.mesh.source import Source
from tierline.mesh.yaml import YamlLimits, read_yaml

YAML_PIECES = st.lists(
    st.sampled_from(
        ["a", "b: ", "- ", "\n", "  ", "&x ", "*x", "<<: ", "[", "]", "{", "}", ", ", '"', "'", "|",
         "\n---\n", "!!str ", "!x ", "# c", "%YAML 1.1\n", "? ", ":", "\t", "é", "\\", "@", "`", "~"]
    ),
    max_size=60,
).map("".join)  # fmt: skip
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\r")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc\"\\é", max_size=4), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def showable(defects: list[Defect] | tuple[Defect, ...]) -> bool:
    return all(
        d.message.isprintable() and len(d.message) < 600 and d.place.line >= 0 for d in defects
    )


def count(node: Node) -> int:
    if isinstance(node, Scalar):
        return 1
    if isinstance(node, ListNode):
        return 1 + sum(count(item) for item in node.items)
    return 1 + sum(1 + count(field.value) for field in node.fields.values())


@given(YAML_PIECES | st.text())
def test_yaml_never_raises_and_stays_within_its_limits(text: str):
    source = Source("f.yaml", "config")
    node = read_yaml(text.encode(errors="surrogatepass"), source, YamlLimits(nodes=50, depth=5))
    assert node is not None or source.defects
    assert showable(source.defects)
    if node is not None:
        assert count(node) <= 50


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(content: bytes):
    for read in (read_yaml, read_json):
        source = Source("f", "config")
        assert read(content, source) is not None or source.defects
        assert showable(source.defects)


@given(JSON_VALUES)
def test_json_is_read_as_the_standard_library_reads_it(value: object):
    source = Source("f.json", "event-contracts")
    node = read_json(json.dumps(value, indent=1).encode(), source)
    assert node is not None
    assert source.defects == []
    read = plain_value(node)
    if isinstance(value, float) and isinstance(read, float):
        assert math.isclose(read, value, rel_tol=1e-12, abs_tol=1e-300)
    else:
        assert json.loads(json.dumps(read)) == json.loads(json.dumps(value)) or has_float(value)


def has_float(value: object) -> bool:
    """Numbers with very long fractions stay as written; they are not what this is about."""
    if isinstance(value, dict):
        return any(has_float(item) for item in value.values())
    return isinstance(value, float) or (isinstance(value, list) and any(map(has_float, value)))


@given(st.text('{}[]",: \n0123456789.eE+-truefalsnl\\u'))
def test_json_refuses_exactly_what_the_standard_library_refuses(text: str):
    source = Source("f.json", "event-contracts")
    node = read_json(text.encode(), source)
    try:
        json.loads(text, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert node is None
    else:
        assert node is not None


@given(st.sampled_from(sorted(sound_files())), st.data())
def test_a_damaged_file_never_stops_the_others(path: str, data: st.DataObject):
    files = sound_files()
    text = files[path]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    put = data.draw(
        st.sampled_from(["", "\n", "  ", "[", "- x\n", "\0", '"', "a: b\n", "\x85", "*"])
    )
    mesh = parse_mesh(tree_of({**files, path: text[:start] + put + text[end:]}))
    assert showable(mesh.defects)
    if path != "services/services-index.yaml":
        assert tuple(mesh.services) == IDS
        stems = {defect.place.path for defect in mesh.defects}
        assert stems <= {f"mesh/{path}"}


@given(st.dictionaries(st.sampled_from(sorted(sound_files())), st.binary(max_size=60), max_size=6))
def test_any_files_make_a_mesh(broken: dict[str, bytes]):
    mesh = parse_mesh(tree_of({**sound_files(), **broken}))
    assert showable(mesh.defects)
    assert set(mesh.graph.owners) == set(mesh.services)


@given(YAML_PIECES)
def test_nodes_know_real_places(text: str):
    source = Source("f.yaml", "config")
    node = read_yaml(text.encode(), source)
    lines = text.split("\n")
    waiting: list[Node] = [] if node is None else [node]
    while waiting:
        found = waiting.pop()
        assert 1 <= found.line <= len(lines) + 1
        if isinstance(found, ListNode):
            waiting.extend(found.items)
        elif isinstance(found, MapNode):
            waiting.extend(field.value for field in found.fields.values())
