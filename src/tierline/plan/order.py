"""Batches and jobs of planned services: views of a plan that follow from its services alone."""

from __future__ import annotations

from collections.abc import Iterable

from tierline.mesh.graph import batch_id
from tierline.plan.model import Batch, Checkpoint, PlannedService
from tierline.plan.schedule import Group, Job, batch_of, one_group, tier_of
from tierline.policy.model import TierMode


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
        Job(s.service_id, s.expected_seconds, s.effective_tier, s.level, s.owners + s.after)
        for s in services
    )


def group_by(tiers: TierMode, checkpoint: Checkpoint) -> Group:
    """What starts together under strict or preferred tiers and the checkpoints that are wanted."""
    if checkpoint is Checkpoint.BATCH:
        return batch_of
    strict = tiers is TierMode.STRICT or checkpoint is Checkpoint.TIER
    return tier_of if strict else one_group
