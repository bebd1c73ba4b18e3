"""Batches and jobs of planned services: views of a plan that follow from its services alone."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.mesh.graph import batch_id
from tierline.plan.model import Batch, PlannedService
from tierline.plan.schedule import Job


def batches_of(services: Iterable[PlannedService]) -> tuple[Batch, ...]:
    """Services by effective tier and level, lowest first; inside a batch in the order given."""
    members: dict[tuple[int, int], list[str]] = {}
    for service in services:
        members.setdefault((service.effective_tier, service.level), []).append(service.service_id)
    return tuple(
        Batch(batch_id(tier, level), tier, level, tuple(members[tier, level]))
        for tier, level in sorted(members)
    )


def jobs_of(services: Iterable[PlannedService]) -> tuple[Job, ...]:
    """Planned services as the schedule sees them."""
    return tuple(
        Job(s.service_id, s.expected_seconds, s.effective_tier, s.level, s.owners) for s in services
    )
