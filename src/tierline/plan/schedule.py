"""Who goes first when several may start; knows jobs and their durations, not what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


Group = Callable[[Job], tuple[int, ...]]
"""Which group a job is in; the groups start one after the other, in the order of these tuples."""


def one_group(_job: Job) -> tuple[int, ...]:
    """No job waits for a whole group."""
    return ()


def tier_of(job: Job) -> tuple[int, ...]:
    """A tier starts when the one before is done."""
    return (job.tier,)


def batch_of(job: Job) -> tuple[int, ...]:
    """So does a batch."""
    return (job.tier, job.level)


def remaining(jobs: Iterable[Job], within: Group = one_group) -> dict[str, float]:
    """Seconds from each job's start to the end of the longest path that begins with it.

    Paths end where they leave the job's group. O(jobs + edges).
    """
    last_first = sorted(jobs, key=lambda job: job.level, reverse=True)
    groups = {job.service_id: within(job) for job in last_first}
    behind: dict[str, float] = {}
    paths: dict[str, float] = {}
    for job in last_first:
        path = job.seconds + behind.get(job.service_id, 0.0)
        paths[job.service_id] = path
        for owner in job.owners:
            if groups[owner] != groups[job.service_id]:
                continue
            if path > behind.get(owner, 0.0):
                behind[owner] = path
    return paths


def in_line(jobs: Sequence[Job], group: Group = one_group) -> tuple[str, ...]:
    """Ids in the order in which they start when several may: lower tier, then longest path.

    A path that leaves its group waits at the group's end whatever starts first, so the path
    inside it decides and the whole path breaks ties; then the id. Owners come before
    dependents. This is critical-path list scheduling (T. C. Hu, Parallel Sequencing and Assembly
    Line Problems, 1961; R. L. Graham, Bounds on Multiprocessing Timing Anomalies, 1969).
    """
    whole, inside = remaining(jobs), remaining(jobs, group)

    def place(job: Job) -> tuple[int, tuple[int, ...], float, float, str]:
        name = job.service_id
        return (job.tier, group(job), -inside[name], -whole[name], name)

    return tuple(job.service_id for job in sorted(jobs, key=place))
