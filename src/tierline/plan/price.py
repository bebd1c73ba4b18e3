"""What waiting costs: the seconds that tiers and checkpoints add to a plan's lower bound."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.plan.bound import bound, by_batch, by_tier
from tierline.plan.model import Plan
from tierline.plan.order import jobs_of


@frozen
class Prices:
    """Seconds on top of the bound, the time that people take to answer not included.

    `tiers` is what the plan's own tiers cost already; the others what `--checkpoint` would add.
    """

    tiers: float
    checkpoint_tier: float
    checkpoint_batch: float


def prices(plan: Plan) -> Prices:
    """Each is a difference of two lower bounds; O(n log n)."""
    jobs, slots = jobs_of(plan.services), plan.rules.limits.max_parallel
    return Prices(
        tiers=plan.bound_seconds - plan.bound_untiered_seconds,
        checkpoint_tier=max(0.0, bound(by_tier(jobs), slots) - plan.bound_seconds),
        checkpoint_batch=max(0.0, bound(by_batch(jobs), slots) - plan.bound_seconds),
    )
