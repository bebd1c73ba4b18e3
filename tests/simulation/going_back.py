"""What a simulated rollout could go back to: former revisions, boundaries and data, from the seed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from made.plans import revision_of
from tierline.boundary.model import Fit
from tierline.facts.revision import ABSENT
from tierline.plan.model import Plan
from tierline.policy.model import OnFailure
from tierline.rollback.codes import DESTRUCTIVE_MIGRATION
from tierline.rollback.data import DataUse, Harm
from tierline.rollback.foresight import Before, Foresight
from tierline.rollback.model import Edge
from tierline.rollout.events import (
    Action,
    BackStep,
    EffectIntended,
    Event,
    Judged,
    RollbackDecided,
    ServiceJudged,
    WatermarkRaised,
)
from tierline.store.protocol import Entry, Store

EARLIER = "R-0"
EVERY, WHICH = 7, 3
"""of so many seeds one, with this rest, has a past and a policy that rolls back"""
_FITS = (*(Fit.YES,) * 7, Fit.NO, Fit.NO, Fit.UNKNOWN)


@dataclass(frozen=True)
class Past:
    """`former` maps services to the revision that ran and was verified before, and still runs.

    `fits` maps (consumer, provider) to (does it hold once the provider alone is old, once the
    consumer alone is). `stuck` write from their new revision on what the old one cannot read.
    `vanishes` cannot be had any more as soon as anything was brought back.
    """

    former: Mapping[str, str] = field(default_factory=dict[str, str])
    fits: Mapping[tuple[str, str], tuple[Fit, Fit]] = field(
        default_factory=dict[tuple[str, str], tuple[Fit, Fit]]
    )
    stuck: frozenset[str] = frozenset()
    vanishes: frozenset[str] = frozenset()
    harmed: frozenset[str] = frozenset()
    """their new revisions apply a migration that the old ones do not survive"""
    migrated: frozenset[str] = frozenset()
    """their new revisions apply one that the old ones say they work with"""
    moved: Mapping[str, str] = field(default_factory=dict[str, str])
    """who takes a store over -> who owned it before"""

    def revision(self, name: str) -> str:
        """Where a service goes back to."""
        return self.former.get(name, ABSENT)

    def pinned(self, begun: Collection[str]) -> frozenset[str]:
        """Who must never run at its former revision again, once `begun` were started."""
        return self.stuck | self.harmed | {name for name in self.moved if name in begun}


def has_past(seed: int) -> bool:
    """Whether a seed is one of those."""
    return seed % EVERY == WHICH


def past_of(seed: int, plan: Plan, unchanged: tuple[str, ...]) -> Past:
    """A past for the services of a plan; those that are unchanged have theirs already."""
    random = Random(f"past of {seed}")
    planned = {one.service_id: one.revision.id for one in plan.services}
    former = {
        name: revision_of(name, "old").id
        for name in planned
        if name not in unchanged and random.random() < 0.7
    }
    fits = {
        (one.service_id, owner): (random.choice(_FITS), random.choice(_FITS))
        for one in plan.services
        for owner in one.owners
        if not {one.service_id, owner} & set(unchanged)
    }
    stuck = frozenset(name for name in former if random.random() < 0.12)
    vanishes = frozenset(name for name in former if random.random() < 0.08)
    as_planned = {name: planned[name] for name in unchanged}
    return Past(former | as_planned, fits, stuck, vanishes)


def foreseeing(plan: Plan, past: Past) -> Plan:
    """The plan with what it would know of that past, and a policy that rolls back."""
    edges = tuple(
        Edge(consumer, provider, "c", *fits, "the old provider", "the old consumer")
        for (consumer, provider), fits in past.fits.items()
    )
    before = {
        one.service_id: Before(past.revision(one.service_id))
        for one in plan.services
        if past.revision(one.service_id) != one.revision.id
    }
    concerned = past.stuck | past.harmed | past.migrated | past.moved.keys()
    data = {name: _new(name, past) for name in sorted(concerned)}
    rules = replace(plan.rules, on_failure=OnFailure.ROLLBACK)
    return replace(plan, rules=rules, foresight=Foresight(before, edges, data=data))


def _new(name: str, past: Past) -> DataUse:
    """What a planned revision does with data."""
    harm = Harm(2, DESTRUCTIVE_MIGRATION, "migration 2 drops table a")
    harms = (harm,) if name in past.harmed | past.migrated else ()
    writes = (f"{name}=2",) if name in past.stuck else ()
    owns = (f"of-{past.moved[name]}",) if name in past.moved else ()
    return DataUse(epoch=2 if harms else 1, writes=writes, owns=owns, harms=harms)


def remember(store: Store, environment: str, plan: Plan, past: Past, at: float) -> None:
    """Write the journal of a rollout before, which brought back and verified all that is former."""
    steps = tuple(
        BackStep(
            one.service_id,
            past.former[one.service_id],
            0,
            "",
            one.workloads,
            one.serves_http,
            one.owners + one.outside,
        )
        for one in plan.services
        if one.service_id in past.former
    )
    events: list[Event] = [RollbackDecided((), steps)]
    events += [event for name in past.former for event in _verified(name, past)]
    store.append(environment, 0, Entry(EARLIER, 0, at, events))


def _verified(name: str, past: Past) -> Iterator[Event]:
    key, revision = f"before/{name}/restore/1", past.former[name]
    kept = (f"{name}=1",) if name in past.stuck else ()
    accepts = (1, 2) if name in past.migrated else ()
    owns = (f"of-{name}",) if name in past.moved.values() else ()
    if kept or accepts or owns or name in past.harmed:
        yield WatermarkRaised(name, revision, 1, accepts, kept, kept, owns)
    yield EffectIntended(key, name, Action.RESTORE, 1, revision)
    yield ServiceJudged(name, key, Judged.VERIFIED, revision, "", "")
