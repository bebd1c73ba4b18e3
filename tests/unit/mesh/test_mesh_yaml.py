"""YAML: places, limits, the surprises of YAML 1.1, and nothing that raises."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tierline.mesh.node import ListNode, MapNode, Scalar, plain_value
from tierline.mesh.source import MOST, Source
from tierline.mesh.yaml import YamlLimits, read_documents, read_yaml

CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/mesh/yaml.yaml").read_text(encoding="utf-8")
)


def codes(source: Source) -> list[tuple[str, int, int]]:
    return [(d.code, d.place.line, d.place.column) for d in source.defects]


@pytest.mark.parametrize("case", CASES["values"], ids=lambda case: case["name"])
def test_values_stay_as_written_and_become_what_the_core_schema_says(case: dict[str, object]):
    source = Source("f.yaml", "config")
    node = read_yaml(str(case["text"]).encode(), source)
    assert source.defects == []
    assert node is not None
    assert plain_value(node) == case["value"]


@pytest.mark.parametrize("case", CASES["defects"], ids=lambda case: case["name"])
def test_defects_have_code_and_place(case: dict[str, object]):
    source = Source("f.yaml", "config")
    node = read_yaml(str(case["text"]).encode(), source)
    assert [list(found) for found in codes(source)] == case["found"]
    assert (node is not None) == case.get("read", False)


def test_every_key_and_value_knows_its_place():
    source = Source("f.yaml", "config")
    node = read_yaml(b"a:\n  - b: c\n    d: [e, f]\n", source)
    assert isinstance(node, MapNode)
    inner = node.value("a")
    assert isinstance(inner, ListNode)
    first = inner.items[0]
    assert isinstance(first, MapNode)
    assert first.fields["d"].key == Scalar(3, 5, "d", plain=True)
    listed = first.value("d")
    assert isinstance(listed, ListNode)
    assert listed.items == (Scalar(3, 9, "e", plain=True), Scalar(3, 12, "f", plain=True))


def test_an_alias_shares_its_node_and_counts_in_full():
    source = Source("f.yaml", "config")
    node = read_yaml(b"a: &x [1, 2]\nb: *x\n", source)
    assert isinstance(node, MapNode)
    assert node.value("a") is node.value("b")
    assert node.size == 1 + 2 + 3 + 3


def test_a_bomb_is_refused_before_it_grows():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    source = Source("f.yaml", "config")
    assert read_yaml("\n".join(lines).encode(), source) is None
    assert [code for code, _, _ in codes(source)] == ["config/too-many-values"]


def test_a_bomb_of_merges_is_refused():
    keys = ", ".join(f"k{n}: 1" for n in range(500))
    lines = [f"m0: &m0 {{{keys}}}"]
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}" for n in range(1, 9)]
    source = Source("f.yaml", "config")
    assert read_yaml("\n".join(lines).encode(), source) is None
    assert [code for code, _, _ in codes(source)] == ["config/too-many-values"]


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 5000, "{a: " * 5000])
def test_depth_is_bounded(text: str):
    source = Source("f.yaml", "config")
    assert read_yaml(text.encode(), source) is None
    assert [code for code, _, _ in codes(source)] == ["config/too-deep"]


def test_size_is_bounded():
    source = Source("f.yaml", "config")
    assert read_yaml(b"a: b\n", source, YamlLimits(size=4)) is None
    assert codes(source) == [("config/too-large", 0, 0)]


def test_bytes_that_are_no_text():
    for content, code, line, column in (
        (b"a: b\nc: \xff\n", "config/not-utf8", 2, 4),
        (b"a: b\nc: \x1b[31m\n", "config/control-character", 2, 4),
        ("a: b\nc: \x85\n".encode(), "config/control-character", 2, 4),
        (b"a: \xed\xa0\x80\n", "config/not-utf8", 1, 4),
    ):
        source = Source("f.yaml", "config")
        assert read_yaml(content, source) is None
        assert codes(source) == [(code, line, column)]


def test_a_mark_and_carriage_returns_are_harmless():
    source = Source("f.yaml", "config")
    node = read_yaml(b"\xef\xbb\xbfa: b\r\nc:\r\n  - d\r\n", source)
    assert node is not None
    assert plain_value(node) == {"a": "b", "c": ["d"]}
    assert source.defects == []


def test_many_documents():
    source = Source("f.yaml", "structure")
    documents = read_documents(b"a: &x 1\n---\nb: 2\n---\n", source)
    assert documents is not None
    assert [plain_value(node) for node in documents] == [{"a": 1}, {"b": 2}, None]
    assert read_documents(b"a: &x 1\n---\nb: *x\n", source) is None
    assert codes(source) == [("structure/bad-alias", 3, 4)]


def test_messages_do_not_repeat_the_file():
    secret = "hunter2-" * 40
    for text in (f"a: {secret}: {secret}", f"{secret}: [", f"- {secret}\n{secret}: !!x {secret}"):
        source = Source("f.yaml", "config")
        read_yaml(text.encode(), source)
        assert source.defects
        assert all("hunter2" not in d.message + d.fix for d in source.defects)


def test_typed_questions_say_found_expected_and_place():
    source = Source("f.yaml", "config")
    node = read_yaml(b'a: text\nb: [1]\nc: 0644\nd: "8080"\ne: on\nf:\n', source)
    assert isinstance(node, MapNode)
    value = {key: field.value for key, field in node.fields.items()}
    assert source.items(value["a"], "`a`") is None
    assert source.fields(value["b"], "`b`") is None
    assert source.integer(value["c"], "`c`") is None
    assert source.integer(value["d"], "`d`") is None
    assert source.flag(value["e"], "`e`") is None
    assert source.text(value["f"], "`f`") is None
    assert [(d.place.line, d.message) for d in source.defects] == [
        (1, "`a`: a string where a list belongs"),
        (2, "`b`: a list where a mapping belongs"),
        (3, "`c`: a string where a whole number belongs"),
        (4, "`d`: a string where a whole number belongs"),
        (5, "`e`: a string where true or false belongs"),
        (6, "`f`: nothing where a text belongs"),
    ]
    assert all(d.fix for d in source.defects)


def test_text_refuses_what_a_terminal_would_act_on():
    source = Source("f.yaml", "config")
    node = read_yaml(b'["\\e[31mred", "\\u202egnp", plain]', source)
    assert isinstance(node, ListNode)
    texts = source.texts(node, "`x`")
    assert texts is not None
    assert [text.text for text in texts] == ["plain"]
    assert [d.code for d in source.defects] == ["config/control-character"] * 2
    assert all(d.message.isprintable() for d in source.defects)


def test_a_file_cannot_flood_the_report():
    source = Source("f.yaml", "config")
    assert read_yaml(b"a: 1\n" * 5000, source) is not None
    assert len(source.defects) == MOST
    source.service_id = "M01-A"
    source.defect("duplicate-key", "one of another service", None, "x")
    assert len(source.defects) == MOST + 1
