"""Replacing values in a YAML text changes these values and nothing else."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tierline.targets.template import replaced, scalars

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
DOCUMENTS = st.recursive(
    st.one_of(TEXT, st.integers(), st.booleans(), st.none(), st.just("${VAR}")),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)


def read(text: str) -> Any:
    """The document with every scalar as the text it is written as."""
    return yaml.load(text, yaml.CBaseLoader)  # noqa: S506 - the loader that makes strings only


def leaves(document: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], str]:
    if isinstance(document, dict):
        items: Any = document.items()
    elif isinstance(document, list):
        items = enumerate(document)
    else:
        return {path: document}
    found: dict[tuple[str | int, ...], str] = {}
    for step, value in items:
        found |= leaves(value, (*path, step))
    return found


@given(DOCUMENTS, st.booleans(), st.data())
def test_only_what_was_replaced_changes(document: Any, flow: bool, data: st.DataObject) -> None:
    text = yaml.dump(document, Dumper=yaml.CSafeDumper, default_flow_style=flow, allow_unicode=True)
    found = scalars(text, "f")
    before = leaves(read(text))
    assert {scalar.path: scalar.value for scalar in found} == {
        path: value for path, value in before.items() if isinstance(value, str)
    }
    chosen = data.draw(st.lists(st.sampled_from(found), unique=True)) if found else []
    changes = {scalar: data.draw(TEXT) for scalar in chosen}
    expected = before | {scalar.path: value for scalar, value in changes.items()}
    assert leaves(read(replaced(text, changes))) == expected


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    from tierline.errors import PermanentError

    try:
        assert all(scalar.end >= scalar.start for scalar in scalars(text, "f"))
    except PermanentError as error:
        assert error.code == "config/unreadable"
