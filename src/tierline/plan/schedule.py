"""Who goes first when several may start; knows jobs and their durations, not what they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

from tierline.frozen import frozen

LEAST_SECONDS = 0.001
"""No start and verification takes less; it keeps every dependent's path shorter than its owner's."""


@frozen
class Job:
    """A service as the schedule sees it: it occupies one slot for `seconds`, after its `owners`.

    `owners` are jobs of the same plan; `level` is higher and `tier` not lower than theirs.
    """

    service_id: str
    seconds: float
    tier: int
    level: int
    owners: tuple[str, ...]


def at_least(seconds: float | None, default: float) -> float:
    """An expected duration that can be computed with: the default where it is no duration."""
    if seconds is None or not isfinite(seconds) or seconds < 0:
        seconds = default
    return max(seconds, LEAST_SECONDS)


def remaining(jobs: Iterable[Job], *, within_tier: bool) -> dict[str, float]:
    """Seconds from each job's start to the end of the longest path that begins with it.

    `within_tier` ends paths where they leave the job's tier. O(jobs + edges).
    """
    last_first = sorted(jobs, key=lambda job: job.level, reverse=True)
    tiers = {job.service_id: job.tier for job in last_first}
    behind: dict[str, float] = {}
    paths: dict[str, float] = {}
    for job in last_first:
        path = job.seconds + behind.get(job.service_id, 0.0)
        paths[job.service_id] = path
        for owner in job.owners:
            if within_tier and tiers[owner] != job.tier:
                continue
            if path > behind.get(owner, 0.0):
                behind[owner] = path
    return paths


def in_line(jobs: Sequence[Job], *, strict: bool) -> tuple[str, ...]:
    """Ids in the order in which they start when several may: lower tier, then longest path.

    With strict tiers a path that leaves the tier waits at the gate whatever starts first, so the
    path inside the tier decides and the whole path breaks ties; then the id. Owners come before
    dependents. This is critical-path list scheduling (T. C. Hu, Parallel Sequencing and Assembly
    Line Problems, 1961; R. L. Graham, Bounds on Multiprocessing Timing Anomalies, 1969).
    """
    whole = remaining(jobs, within_tier=False)
    inside = remaining(jobs, within_tier=True) if strict else whole

    def place(job: Job) -> tuple[int, float, float, str]:
        name = job.service_id
        return (job.tier, -inside[name], -whole[name], name)

    return tuple(job.service_id for job in sorted(jobs, key=place))
