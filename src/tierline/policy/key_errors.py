"""What is wrong with keys of a TOML file, as paths and plain words; knows no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierline.mesh.clean import clean

if TYPE_CHECKING:
    from pydantic import ValidationError

KeyPath = tuple[str | int, ...]
"""keys from the top of a TOML file; elements of an array by their index"""


def error_words(error: ValidationError) -> tuple[tuple[KeyPath, str], ...]:
    """Key path and plain words of each error that a model found; never the value itself."""
    found: dict[KeyPath, str] = {}
    for item in error.errors(include_url=False, include_input=False, include_context=True):
        path = tuple(part for part in item["loc"] if part != "[key]")
        if "expires" in path:
            path = path[: path.index("expires") + 1]
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = "is not a key that tierline knows"
        found.setdefault(path, message)
    return tuple(found.items())


def dotted(path: KeyPath) -> str:
    """A key path as people write it: `waivers[1].code`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return clean("".join(parts).lstrip("."))
