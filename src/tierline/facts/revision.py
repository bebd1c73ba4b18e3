"""Content identity of what a service ships; knows nothing of files, only of digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from struct import Struct

ABSENT = "absent"
"""The revision of a service that does not run: restoring it stops the service."""

UNKNOWN = "unknown"
"""The digest of a part that exists but could not be read: two of them may differ."""


_framed = Struct(">Q").pack


def digest_of(items: Iterable[str | bytes]) -> str:
    """32 hex digits that identify a sequence; each item is framed by its length."""
    told = [item.encode() if isinstance(item, str) else item for item in items]
    framed = b"".join([part for data in told for part in (_framed(len(data)), data)])
    return hashlib.sha256(framed).hexdigest()[:32]


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One thing that a revision consists of (`service tree`, `closure: platform/go`, `toolchain`)."""

    name: str
    digest: str


_order = attrgetter("name", "digest")
"""as parts compare, for sorting many of them"""


@dataclass(frozen=True, slots=True)
class Revision:
    """`source` parts are what was written, `configuration` parts what the environment adds.

    `source_id` is what test evidence binds to, `id` what a plan promises and an observation must
    show; both follow from the parts.
    """

    source: tuple[Part, ...]
    configuration: tuple[Part, ...] = ()
    source_id: str = field(init=False, compare=False, repr=False)
    id: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        written = digest_of(_told(self.source))
        object.__setattr__(self, "source_id", written)
        object.__setattr__(self, "id", digest_of([written, *_told(self.configuration)]))


def _told(parts: tuple[Part, ...]) -> Iterator[str]:
    return (f"{part.name}={part.digest}" for part in sorted(parts, key=_order))


def moved(before: Revision, after: Revision) -> tuple[str, ...]:
    """Names of the parts that differ, sorted: the answer to "what changed?"."""
    old = {part.name: part.digest for part in before.source + before.configuration}
    new = {part.name: part.digest for part in after.source + after.configuration}
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))
