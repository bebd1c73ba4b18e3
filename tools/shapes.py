"""Writes the shapes that plain TOML tables are checked by, from the pydantic models that define them.

    python tools/shapes.py

Run it when a test says that a shape is not the one of its model.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tierline.mesh.settings_schema import json_schema
from tierline.policy.tighten import tightening_schema

ROOT = Path(__file__).resolve().parent.parent
SAYS_NOTHING = {"$schema", "title", "description", "default"}
"""keywords that no value can break"""
BY_NAME = {"$defs", "properties", "patternProperties"}
"""keywords whose keys are names, not keywords"""

SHAPES = {
    "src/tierline/mesh/settings_shape.py": ("tierline.toml", json_schema),
    "src/tierline/policy/tightening_shape.py": ("the `[policy]` table", tightening_schema),
}


def shape(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without what says nothing about values."""
    return {
        keyword: {name: _inner(one) for name, one in wanted.items()}
        if keyword in BY_NAME
        else _inner(wanted)
        for keyword, wanted in schema.items()
        if keyword not in SAYS_NOTHING
    }


def _inner(value: object) -> object:
    if isinstance(value, list):
        return [_inner(one) for one in cast("list[object]", value)]
    return shape(cast("Mapping[str, Any]", value)) if isinstance(value, dict) else value


def main() -> None:
    """Write both."""
    for path, (what, schema) in SHAPES.items():
        (ROOT / path).write_text(
            f'"""The shape of {what}, written by tools/shapes.py from its pydantic model."""\n\n'
            "from __future__ import annotations\n\n"
            "from collections.abc import Mapping\nfrom typing import Any\n\n"
            f"SHAPE: Mapping[str, Any] = {shape(schema())!r}\n"
        )
    subprocess.run(
        [Path(sys.executable).with_name("ruff"), "format", "-q", *SHAPES], cwd=ROOT, check=True
    )


if __name__ == "__main__":
    main()
