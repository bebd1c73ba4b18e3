"""Reads the templates of the demo mesh; knows no service.

In a template `@{name}` stands for a value; a line that is only such a reference vanishes with an
empty value. `dot-` at the start of a file name stands for a dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

_LINE = re.compile(r"^@\{(\w+)\}\n", re.MULTILINE)
_REFERENCE = re.compile(r"@\{(\w+)\}")
_LEFT_OUT = {"__pycache__"}


def templates(folder: str) -> Iterator[tuple[str, str]]:
    """(path, text) of every file below a folder of templates, in order of path."""
    top = files("tierline.scaffold") / "templates"
    for name in folder.split("/"):
        top = top / name
    yield from _walk(top, "")


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        name = re.sub("^dot-", ".", entry.name)
        if entry.is_dir() and entry.name not in _LEFT_OUT:
            yield from _walk(entry, f"{path}{name}/")
        elif entry.is_file():
            yield f"{path}{name}", entry.read_text(encoding="utf-8")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The template with its references replaced; KeyError for one without a value."""
    text = _LINE.sub(lambda found: _block(values[found[1]]), text)
    return _REFERENCE.sub(lambda found: values[found[1]], text)


def _block(value: str) -> str:
    return f"{value}\n" if value and not value.endswith("\n") else value
