"""Finds a service's database migrations by their file names; opens none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from tierline.frozen import frozen
from tierline.regex import regex

_FILE = regex(
    r"(?P<folder>(?:[^/]+/)*migrations(?:/[^/]+)*)/(?P<number>[0-9]{1,14})[_-](?P<name>[^/]+?)"
    r"(?P<way>\.(?:up|down))?\.sql"
)


@frozen
class Migration:
    """One step. `number` is as written; `files` are those that make it up (up, down)."""

    number: str
    name: str
    files: tuple[str, ...]


@frozen
class Migrations:
    """The steps of one folder in order. `twice` are numbers that two steps bear, `missing` gaps.

    Gaps are only sought where steps are counted from 0 or 1, not where they are dates.
    """

    folder: str
    steps: tuple[Migration, ...]
    twice: tuple[str, ...]
    missing: tuple[int, ...]


_MOST_MISSING = 20
_COUNTED = 100_000
"""numbers from here on are dates, not counts"""


def is_migration(path: str) -> bool:
    """Whether a path is that of one."""
    return _FILE.fullmatch(path) is not None


def migrations_of(paths: Iterable[str]) -> tuple[Migrations, ...]:
    """The migrations among `paths`, folder by folder."""
    folders: dict[str, dict[tuple[str, str], list[str]]] = {}
    for path in sorted(paths):
        match = _FILE.fullmatch(path)
        if match is not None:
            steps = folders.setdefault(match["folder"], {})
            steps.setdefault((match["number"], match["name"]), []).append(path)
    return tuple(_folder(folder, steps) for folder, steps in folders.items())


def _folder(folder: str, found: dict[tuple[str, str], list[str]]) -> Migrations:
    keys = sorted(found, key=lambda key: (int(key[0]), key))
    numbers = [int(number) for number, _ in keys]
    counted = Counter(numbers)
    twice = sorted(number for number, times in counted.items() if times > 1)[:_MOST_MISSING]
    last = max(numbers)
    gaps = (number for number in range(1, last if last < _COUNTED else 0) if number not in counted)
    return Migrations(
        folder=folder,
        steps=tuple(Migration(number, name, tuple(found[number, name])) for number, name in keys),
        twice=tuple(str(number) for number in twice),
        missing=tuple(islice(gaps, _MOST_MISSING)),
    )
