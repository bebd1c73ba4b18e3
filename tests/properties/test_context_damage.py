"""Whatever happens to an input of a release: a context that says so, no traceback, no secret."""

from __future__ import annotations

import json
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from made.contexts import SECRET, context_files, context_of_files
from tierline.errors import TierlineError
from tierline.report.context_document import context_json
from tierline.report.context_markdown import context_markdown
from tierline.report.context_overview import all_findings
from tierline.report.context_text import context_text
from tierline.report.style import clean

FILES = context_files()
READ = sorted(path for path, text in FILES.items() if len(text) > 5 and not path.endswith(".go"))
SCHEMA = Draft202012Validator(
    json.loads((files("tierline.report") / "schemas/context-1.json").read_text())
)

damages = st.tuples(
    st.integers(0, 2000),
    st.integers(0, 60),
    st.text(max_size=20)
    | st.sampled_from(
        ["- ", ": ", "\n", "[", "{", "'", '"', "&a ", "*a", "|", "`", "# ", "\n---\n", "${A}", "\t", "\x1b[2J", "\u202e"]
    ),
)  # fmt: skip


def damaged(text: str, damage: tuple[int, int, str]) -> str:
    start, length, put = damage
    start %= len(text) + 1
    changed = text[:start] + put + text[start + length :]
    return changed.encode("utf-8", "replace").decode()


@given(st.lists(st.tuples(st.sampled_from(READ), damages), min_size=1, max_size=3))
def test_damage_gives_a_context_and_never_a_traceback(damage) -> None:
    changed = dict(FILES)
    for path, one in damage:
        changed[path] = damaged(changed[path], one)
    try:
        release = context_of_files(changed)
    except TierlineError as error:
        raise AssertionError(error.message) from error
    text, md, document = context_text(release, 80), context_markdown(release), context_json(release)
    SCHEMA.validate(json.loads(document))
    for shown in (text, md):
        assert all(clean(line) == line for line in shown.splitlines())
        assert SECRET not in shown
    assert SECRET not in document
    assert all(one.place and one.place.path for one in all_findings(release))


@given(st.sampled_from(READ))
def test_a_file_that_goes_is_told_or_was_no_input(path: str) -> None:
    changed = {name: text for name, text in FILES.items() if name != path}
    release = context_of_files(changed)
    told = {one.place.path for one in all_findings(release) if one.place}
    before = json.loads(context_json(context_of_files(FILES)))
    listed = {one["path"] for part in (before, *before["services"]) for one in part["inputs"]}
    inputs = f"mesh/{path}" in listed
    some = any(place.startswith(f"mesh/{path.rpartition('/')[0]}") for place in told)
    chosen = "contracts/" in path or "/deploy/k8s/" in path  # any number of files, also none
    assert not inputs or some or chosen
