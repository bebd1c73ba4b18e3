"""How documents may define the states of a service."""

from __future__ import annotations

import pytest

from tierline.mesh.lifecycle import STATES, parse_lifecycle


@pytest.mark.parametrize(
    "text",
    [
        "# States\n\n## scaffold-only\n## implemented\n## production-ready\n",
        "### 1. Scaffold Only\n### 2. Implemented\n### 3. Production Ready\n",
        "- `scaffold-only`: x\n- `implemented`: x\n- `production-ready`: x\n",
        "1. **Scaffold-only** - x\n2. **Implemented** - x\n3. **Production-ready** - x\n",
        "| State | Means |\n|---|---|\n| scaffold-only | x |\n| implemented | x |\n| production-ready | x |",
        "scaffold-only: x\nimplemented: x\nproduction-ready: x\n",
        "A service starts as `scaffold-only`.\nThen it is `implemented`.\nLast `production-ready`.\n",
    ],
)
def test_forms_of_definition(text: str):
    assert parse_lifecycle(text.encode(), "mesh/docs/service-lifecycle.md") == (STATES, ())


def test_a_word_in_passing_defines_nothing():
    text = "## scaffold-only\nNothing is implemented yet.\n## production-ready\n"
    states, defects = parse_lifecycle(text.encode(), "mesh/docs/service-lifecycle.md")
    assert states == ("scaffold-only", "production-ready")
    assert [d.code for d in defects] == ["lifecycle/missing-state"]


def test_a_heading_outranks_a_mention_before_it():
    text = "From `production-ready` on:\n## scaffold-only\n## implemented\n## production-ready\n"
    assert parse_lifecycle(text.encode(), "f") == (STATES, ())
