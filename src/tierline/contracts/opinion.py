"""What another program says of a contract, beside what we found ourselves: the worse counts.

Each knows of breaks that the other takes for safe (docs/adr/0018).
"""

from __future__ import annotations

from collections.abc import Iterable

from tierline.contracts.change import Change, Side
from tierline.frozen import frozen
from tierline.regex import regex

_CONSUMER = frozenset({Side.CONSUMER})
_PLACEHOLDER = regex(r"\{[^{}/]*\}")


@frozen
class Opinion:
    """What the program, with its version, said of one document; `trouble`: why it said nothing."""

    by: str
    changes: tuple[Change, ...] = ()
    trouble: str = ""

    @property
    def told(self) -> str:
        """The program, and that it gave no answer."""
        return f"{self.by} gave no answer: {self.trouble}" if self.trouble else self.by


def with_opinion(ours: tuple[Change, ...], opinion: Opinion) -> tuple[Change, ...]:
    """Our changes, and those of an operation that the program takes to be worse than we do."""
    breaks = _subjects(one for one in ours if one.breaks & _CONSUMER)
    doubts = breaks | _subjects(one for one in ours if one.unknown & _CONSUMER)
    more = [
        one
        for one in opinion.changes
        if (one.breaks and _subject(one) not in breaks)
        or (one.unknown and _subject(one) not in doubts)
    ]
    return (*ours, *more)


def _subjects(changes: Iterable[Change]) -> frozenset[str]:
    return frozenset(_subject(one) for one in changes)


def _subject(change: Change) -> str:
    return _PLACEHOLDER.sub("{}", change.subject)
