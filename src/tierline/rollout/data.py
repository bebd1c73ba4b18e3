"""What the journal's watermarks say of data; knows no rollout's state, so that a plan can ask early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tierline.rollback.data import DataUse
from tierline.rollout.events import WatermarkRaised


def use_of(raised: WatermarkRaised | None) -> DataUse:
    """What a revision does with data, by the journal; nothing where that holds nothing."""
    if raised is None:
        return DataUse()
    return DataUse(raised.epoch, raised.accepts, raised.reads, raised.writes, raised.owns)


def epochs_of(raised: Sequence[WatermarkRaised]) -> dict[str, int]:
    """Service -> the newest migration that was applied."""
    found: dict[str, int] = {}
    for one in raised:
        found[one.service_id] = max(one.epoch, found.get(one.service_id, 0))
    return found


def owners_of(
    ran: Mapping[str, str], data: Mapping[tuple[str, str], WatermarkRaised]
) -> dict[str, str]:
    """Store -> the service whose revision in `ran` says that it owns it."""
    return {
        store: name
        for name, revision in ran.items()
        if (told := data.get((name, revision))) is not None
        for store in told.owns
    }
