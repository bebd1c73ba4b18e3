"""Content identity of what a service ships; knows nothing of files, only of digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from tierline.frozen import frozen

ABSENT = "absent"
"""The revision of a service that does not run: restoring it stops the service."""

UNKNOWN = "unknown"
"""The digest of a part that exists but could not be read: two of them may differ."""


def digest_of(items: Iterable[str | bytes]) -> str:
    """32 hex digits that identify a sequence; each item is framed by its length."""
    total = hashlib.sha256()
    for item in items:
        data = item.encode() if isinstance(item, str) else item
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()[:32]


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One thing that a revision consists of (`service tree`, `closure: platform/go`, `toolchain`)."""

    name: str
    digest: str


_order = attrgetter("name", "digest")
"""as parts compare, for sorting many of them"""


@frozen
class Revision:
    """`source` parts are what was written, `configuration` parts what the environment adds."""

    source: tuple[Part, ...]
    configuration: tuple[Part, ...] = ()

    @property
    def source_id(self) -> str:
        """What test evidence binds to."""
        return digest_of(f"{part.name}={part.digest}" for part in sorted(self.source, key=_order))

    @property
    def id(self) -> str:
        """What a plan promises and an observation must show."""
        parts = (f"{part.name}={part.digest}" for part in sorted(self.configuration, key=_order))
        return digest_of([self.source_id, *parts])


def moved(before: Revision, after: Revision) -> tuple[str, ...]:
    """Names of the parts that differ, sorted: the answer to "what changed?"."""
    old = {part.name: part.digest for part in before.source + before.configuration}
    new = {part.name: part.digest for part in after.source + after.configuration}
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))
