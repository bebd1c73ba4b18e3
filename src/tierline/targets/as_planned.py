"""Refuses to ship what is not what was planned any more; knows no target."""

from __future__ import annotations

from tierline.errors import PermanentError
from tierline.facts.revision import Revision, moved
from tierline.plan.model import PlannedService


def must_be_planned(planned: PlannedService, now: Revision) -> None:
    """PermanentError with the parts that changed, where the service would ship something else now."""
    if now.id != planned.revision.id:
        parts = ", ".join(moved(planned.revision, now))
        raise PermanentError(
            f"{planned.service_id} is no longer what was planned; changed since: {parts}",
            code="build/moved",
            fix="plan again: tierline rollout --supersedes latest",
        )
