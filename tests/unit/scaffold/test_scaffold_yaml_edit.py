"""What is added to a YAML file of people's own, and that nothing else in it changes."""

from __future__ import annotations

import pytest

from tierline.mesh.names import index_key
from tierline.mesh.node import Value
from tierline.scaffold.yaml_edit import NotEditable, add_entry, add_item

LIST = """\
# Ours.
version: 1   # of the format

implemented_services:
    # the first ones
    -   M01-Auth      # Ada's
    -   'M02-Profile'

    # later
    -   M10-Bus
other: "x"
"""


def item(text: str, name: str) -> str:
    return add_item(text.encode(), "list.yaml", "implemented_services", name, index_key).decode()


@pytest.mark.parametrize(
    ("name", "before", "line"),
    [
        ("M03-New", "    -   'M02-Profile'\n", "    -   M03-New\n"),
        ("M11-New", "    -   M10-Bus\n", "    -   M11-New\n"),
        ("M00-New", "    # the first ones\n", "    -   M00-New\n"),
    ],
)
def test_an_item_goes_to_its_place_and_all_else_stays(name: str, before: str, line: str) -> None:
    assert item(LIST, name) == LIST.replace(before, before + line)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("implemented_services: []\n", "implemented_services:\n  - M01-A\n"),
        ("implemented_services: [] # none\n", "implemented_services: # none\n  - M01-A\n"),
        ("implemented_services:\n  []\n", "implemented_services:\n  - M01-A\n"),
        ("implemented_services:\n", "implemented_services:\n  - M01-A\n"),
        ("implemented_services: ~\nz: 1\n", "implemented_services:\n  - M01-A\nz: 1\n"),
        ("implemented_services: [M00-B, M02-C]\n", "implemented_services: [M00-B, M01-A, M02-C]\n"),
        ("implemented_services: ['M00-B'] # x\n", "implemented_services: ['M00-B', M01-A] # x\n"),
        ("implemented_services: [M02-C]\n", "implemented_services: [M01-A, M02-C]\n"),
        ("implemented_services:\n- M02-C\n- M00-B\n", "implemented_services:\n- M02-C\n- M00-B\n- M01-A\n"),
        ("implemented_services:\r\n- M02-C\r\n", "implemented_services:\r\n- M01-A\r\n- M02-C\r\n"),
        ("implemented_services:\n- M00-B", "implemented_services:\n- M00-B\n- M01-A\n"),
    ],
)  # fmt: skip
def test_every_way_to_write_a_list(old: str, new: str) -> None:
    assert item(old, "M01-A") == new


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("implemented_services: {a: 1}\n", "is no list of texts"),
        ("implemented_services: {}\n", "is no list of texts"),
        ("other: []\n", "has no list"),
        ("- a\n", "has no list"),
        ("implemented_services: [\n", "expected"),
        ("a: &x [M02-C]\nimplemented_services: *x\n", "cannot be added to safely"),
        ("implemented_services:\n  - M02-C\n  - - M03-D\n", "is no list of texts"),
    ],
)
def test_what_cannot_be_edited_safely_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(NotEditable, match=said) as refused:
        item(text, "M01-A")
    assert refused.value.place.path == "list.yaml"


MAP = """\
# Who is what.
services:
  M01-Auth:
    architecture: microservice # decided
    note: |
      # no comment
      text

  # the old ones
  M31-Archive:
    architecture: monolith
tail: 1
"""


def entry(text: str, name: str, *keys: str) -> str:
    body: dict[str, Value] = {"architecture": "microservice", "needs": ["DBR:M01"], "none": []}
    return add_entry(text.encode(), "map.yaml", keys, name, body).decode()


NEW = """\
  M07-New:
    architecture: microservice
    needs:
      - DBR:M01
    none: []
"""


def test_an_entry_goes_to_its_place_and_all_else_stays() -> None:
    assert entry(MAP, "M07-New", "services") == MAP.replace(
        "\n      text\n", f"\n      text\n{NEW}"
    )


def test_an_unsorted_mapping_gets_it_at_its_end() -> None:
    text = "services:\n  b: {}\n  a: {}\n\n# tail\nz: 1\n"
    assert entry(text, "M07-New", "services") == text.replace("  a: {}\n", f"  a: {{}}\n{NEW}")


@pytest.mark.parametrize("old", ["services: {}\n", "services:\n", "services: null\n"])
def test_an_empty_mapping_gets_its_first_entry(old: str) -> None:
    assert entry(old, "M07-New", "services") == f"services:\n{NEW}"


def test_a_document_is_a_mapping_too() -> None:
    shifted = "".join(line.removeprefix("  ") for line in NEW.splitlines(keepends=True))
    assert entry("# all\nM01-A: {}\n", "M07-New") == f"# all\nM01-A: {{}}\n{shifted}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: {a: {}}\n", "cannot be added to safely"),
        ("services: []\n", "is no mapping"),
        ("services:\n  M07-New: {}\n", "is there already"),
        ("x: 1\n", "has no mapping"),
        ("services: text\n", "is no mapping"),
        ("services:\n  a: 1\n  a: 2\n", "again"),
    ],
)
def test_other_mappings_are_refused(text: str, said: str) -> None:
    with pytest.raises(NotEditable, match=said):
        entry(text, "M07-New", "services")
