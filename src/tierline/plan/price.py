"""What waiting costs: the seconds that tiers and checkpoints add to a plan's lower bound."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.plan.bound import bound, grouped
from tierline.plan.model import Checkpoint, Plan
from tierline.plan.order import group_by, jobs_of
from tierline.plan.schedule import Job, one_group
from tierline.policy.model import TierMode


@frozen
class Prices:
    """Seconds on top of the bound, the time that people take to answer not included.

    `tiers` is what the plan's own tiers cost; the others what a checkpoint after each tier or batch
    adds to that, whether the plan has it already or not.
    """

    tiers: float
    checkpoint_tier: float
    checkpoint_batch: float


def free_seconds(jobs: tuple[Job, ...], slots: int) -> float:
    """The lower bound of a makespan without tiers and checkpoints; O(n log n)."""
    return bound(grouped(jobs, one_group), slots)


def least_seconds(
    jobs: tuple[Job, ...], slots: int, tiers: TierMode, checkpoint: Checkpoint, free: float
) -> float:
    """The same under these tiers and checkpoints; `free` is the bound without."""
    return max(free, bound(grouped(jobs, group_by(tiers, checkpoint)), slots))


def prices(plan: Plan) -> Prices:
    """Each is a difference of two lower bounds; O(n log n)."""
    jobs, slots, tiers = jobs_of(plan.services), plan.rules.limits.max_parallel, plan.rules.tiers
    free = plan.bound_untiered_seconds
    others = (one for one in Checkpoint if one is not plan.checkpoint)
    least = {one: least_seconds(jobs, slots, tiers, one, free) for one in others}
    least[plan.checkpoint] = plan.bound_seconds
    plain = least[Checkpoint.NONE]
    return Prices(
        tiers=plain - free,
        checkpoint_tier=max(0.0, least[Checkpoint.TIER] - plain),
        checkpoint_batch=max(0.0, least[Checkpoint.BATCH] - plain),
    )
