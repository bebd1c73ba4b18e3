"""The skill that tells an agent how to release a mesh; knows no disk."""

from __future__ import annotations

from tierline.scaffold.template import templates

FOLDER = "skills"
"""where it is written, beside the mesh"""


def skill_files() -> tuple[tuple[str, str], ...]:
    """(path below a folder of skills, text)."""
    return tuple(templates("skill"))
