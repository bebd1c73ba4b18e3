"""How long a release takes at least: a number that no schedule under the same rules can beat.

A *group* of jobs starts when every job of the group before is done. Strict tiers and checkpoints
make groups; without them there is one group of everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from itertools import accumulate
from math import isqrt

from tierline.plan.schedule import Group, Job, remaining

_SCANS = 400_000
"""How many jobs one group's bound may look at; more thresholds than that fit are left out."""


def grouped(jobs: Iterable[Job], group: Group) -> tuple[tuple[Job, ...], ...]:
    """The jobs of each group, in the order in which groups start; none of no jobs."""
    groups: dict[tuple[int, ...], list[Job]] = {}
    for job in jobs:
        groups.setdefault(group(job), []).append(job)
    return tuple(tuple(groups[key]) for key in sorted(groups))


def bound(groups: Iterable[Sequence[Job]], slots: int) -> float:
    """Seconds that no schedule of these groups can beat, one after the other.

    Lower bound, because a group's first job starts when the last of the group before is done: the
    makespan is at least the sum of what each group takes alone, and that is at least `_alone`.
    """
    return sum(_alone(group, max(slots, 1)) for group in groups)


def _alone(jobs: Sequence[Job], slots: int) -> float:
    """A lower bound of one group's makespan, for at most `slots` jobs at once.

    Let head(j) be the longest path before j inside the group and tail(j) the one after it. Take any
    set S of jobs. No job of S starts before h = min head(S); whichever job of S ends last, at C,
    has a path of t = min tail(S) or more after it. In between, S ran on `slots` slots, so

        makespan >= h + _filled(S) + t.

    True for every S, hence for the largest over the sets {head >= a and tail >= b} that are tried
    (S of one job gives the critical path). After J. Carlier, The one-machine sequencing problem
    (1982) and Scheduling jobs with release dates and tails on identical machines (1987).
    """
    heads = _heads(jobs)
    paths = remaining(_within(jobs))
    longest_first = sorted(jobs, key=lambda job: job.seconds, reverse=True)
    rows = [
        (heads[job.service_id], paths[job.service_id] - job.seconds, job.seconds)
        for job in longest_first
    ]
    best = max(head + seconds + tail for head, tail, seconds in rows)
    per_axis = max(2, min(16, isqrt(_SCANS // len(rows))))
    for least_head in _thresholds([head for head, _, _ in rows], per_axis):
        later = [row for row in rows if row[0] >= least_head]
        for least_tail in _thresholds([tail for _, tail, _ in later], per_axis):
            chosen = [row for row in later if row[1] >= least_tail]
            h = min(head for head, _, _ in chosen)
            t = min(tail for _, tail, _ in chosen)
            best = max(best, h + _filled([row[2] for row in chosen], slots) + t)
    return best


def _filled(seconds: Sequence[float], slots: int) -> float:
    """A lower bound for independent jobs (longest first) on `slots` slots.

    All work over all slots (Graham); and of the k * slots + 1 longest jobs some slot runs k + 1, at
    best the k + 1 shortest of them (pigeonhole; S. Martello, P. Toth, Knapsack Problems, 1990).
    """
    sums = (0.0, *accumulate(seconds))
    best = sums[-1] / slots
    for k in range(1, (len(seconds) - 1) // slots + 1):
        count = k * slots + 1
        best = max(best, sums[count] - sums[count - k - 1])
    return best


def _within(jobs: Sequence[Job]) -> list[Job]:
    names = {job.service_id for job in jobs}
    return [job if names.issuperset(job.owners) else _without(job, names) for job in jobs]


def _without(job: Job, names: Set[str]) -> Job:
    owners = tuple(owner for owner in job.owners if owner in names)
    return Job(job.service_id, job.seconds, job.tier, job.level, owners)


def _heads(jobs: Sequence[Job]) -> dict[str, float]:
    heads: dict[str, float] = {}
    ends: dict[str, float] = {}
    for job in sorted(jobs, key=lambda job: job.level):
        head = max((ends[owner] for owner in job.owners if owner in ends), default=0.0)
        heads[job.service_id] = head
        ends[job.service_id] = head + job.seconds
    return heads


def _thresholds(values: Sequence[float], count: int) -> tuple[float, ...]:
    """At most `count` of the distinct values, the least among them, evenly by place."""
    distinct = sorted(set(values))
    if len(distinct) <= count:
        return tuple(distinct)
    return tuple(distinct[i * len(distinct) // count] for i in range(count))
