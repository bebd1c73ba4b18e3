"""Whole contexts, as people and machines get them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from made.contexts import context_files, context_of_files
from made.small_mesh import FEED
from tierline.context.model import Release
from tierline.report.context_document import context_json
from tierline.report.context_markdown import context_markdown
from tierline.report.context_text import context_text

Golden = Callable[[str, str], None]
VIEWS: dict[str, Callable[[Release], str]] = {
    "80.txt": lambda release: context_text(release, 80),
    "brief.txt": lambda release: context_text(release, 80, brief=True),
    "md": context_markdown,
    "json": context_json,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("what", ["one", "all"])
def test_a_context_reads_as_it_did(what: str, view: str, golden: Golden) -> None:
    chosen = (FEED,) if what == "one" else ()
    changed = ("contracts/events/x.json", "docs/x.md") if what == "one" else None
    release = context_of_files(context_files(), chosen, changed)
    golden(f"{what}.{view}", VIEWS[view](release))
