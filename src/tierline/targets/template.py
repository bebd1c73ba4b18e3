"""A YAML file as text with replaceable scalars: comments, order and quoting of the rest survive.

Knows nothing of what the keys mean. Aliases are left alone, so that a value shared by an anchor is
changed where it is written, and nothing is ever expanded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from tierline.errors import PermanentError
from tierline.frozen import frozen

LARGEST = 1_000_000
"""characters; a configuration is refused beyond it"""
_DEEPEST = 64
_PLAIN = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./:@%+=-]*[A-Za-z0-9_/]|[A-Za-z0-9_]")

Path = tuple[str | int, ...]


@frozen
class Scalar:
    """A value: its path of keys and list positions, its text and where it stands (from 0)."""

    path: Path
    value: str
    start: int
    end: int
    line: int
    column: int
    plain: bool


def scalars(text: str, shown_path: str) -> tuple[Scalar, ...]:
    """Every scalar value of the first document, in order; keys are not values.

    Raises PermanentError (`config/unreadable`) for what is not YAML, too large or too deep.
    """
    if len(text) > LARGEST:
        raise _unreadable(shown_path, f"is larger than {LARGEST:,} characters")
    try:
        return tuple(_Walk(shown_path).scalars(yaml.parse(text, yaml.CSafeLoader)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{shown_path}:{mark.line + 1}:{mark.column + 1}" if mark else shown_path
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise _unreadable(place, f"cannot be read: {problem}") from error


def replaced(text: str, changes: Mapping[Scalar, str]) -> str:
    """The text with these scalars' values replaced; a plain one stays plain where that is safe."""
    pieces: list[str] = []
    end = 0
    for scalar, value in sorted(changes.items(), key=lambda change: change[0].start):
        pieces += [text[end : scalar.start], _written(scalar, value)]
        end = scalar.end
    return "".join(pieces) + text[end:]


def _written(scalar: Scalar, value: str) -> str:
    if scalar.plain and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _unreadable(place: str, problem: str) -> PermanentError:
    return PermanentError(
        f"{place} {problem}", code="config/unreadable", fix="mend the file and plan again"
    )


@dataclass(slots=True)
class _Level:
    """An open list (`position`) or mapping (`key`, None while its next key is awaited)."""

    is_list: bool
    position: int = 0
    key: str | None = None

    def step(self) -> str | int:
        return self.position if self.is_list else self.key or ""

    def ended(self, key: str = "") -> None:
        """Something ended here: the key of a pair, its value, or an item of the list."""
        if self.is_list:
            self.position += 1
        else:
            self.key = key if self.key is None else None


class _Walk:
    """Follows parser events with a stack of its own, so that depth costs no recursion."""

    def __init__(self, shown_path: str) -> None:
        self._shown_path = shown_path
        self._levels: list[_Level] = []

    def scalars(self, events: Iterable[yaml.Event]) -> Iterator[Scalar]:
        for event in events:
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(isinstance(event, yaml.SequenceStartEvent))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._levels.pop()
                self._ended()
            elif isinstance(event, yaml.AliasEvent):
                self._ended()
            elif isinstance(event, yaml.ScalarEvent):
                if not self._awaits_key():
                    yield self._scalar(event)
                self._ended(event.value)
            elif isinstance(event, yaml.DocumentEndEvent):
                return

    def _open(self, is_list: bool) -> None:
        if len(self._levels) >= _DEEPEST:
            raise _unreadable(self._shown_path, f"is nested deeper than {_DEEPEST} levels")
        self._levels.append(_Level(is_list))

    def _awaits_key(self) -> bool:
        return bool(self._levels) and not self._levels[-1].is_list and self._levels[-1].key is None

    def _ended(self, key: str = "") -> None:
        if self._levels:
            self._levels[-1].ended(key)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            raise _unreadable(self._shown_path, "has values without a place")
        path = tuple(level.step() for level in self._levels)
        return Scalar(
            path, event.value, start.index, end.index, start.line, start.column, not event.style
        )
