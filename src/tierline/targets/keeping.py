"""Which revisions of a service stay available: the newest, and what a plan would go back to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from tierline.plan.model import Plan

KEPT = 10
"""revisions of a service that are kept unless a policy says otherwise"""


class Keeping:
    """For one environment; `most` revisions of a service are kept, and those under protection."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._protected: set[tuple[str, str]] = set()

    def protect(self, plan: Plan) -> None:
        """Keep what a rollback of this plan may need, however many newer ones there are."""
        if plan.foresight is not None:
            before = plan.foresight.before
            self._protected.update((name, one.revision) for name, one in before.items())

    def surplus(self, service_id: str, newest_first: Sequence[str]) -> list[str]:
        """Of its revisions those that may go."""
        return [
            one for one in newest_first[self._most :] if (service_id, one) not in self._protected
        ]


def newest_first(files: Iterable[Path]) -> list[Path]:
    """By when each was last written or started; what is gone meanwhile is left out."""
    found: list[tuple[float, Path]] = []
    for file in files:
        with suppress(OSError):
            found.append((file.stat().st_mtime, file))
    return [file for _, file in sorted(found, reverse=True)]
