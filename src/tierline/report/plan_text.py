"""A plan as text that people read before they say yes: the line, what blocks it, what it costs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from tierline.facts.decision import Decision
from tierline.plan.model import Checkpoint, Plan, PlannedService
from tierline.plan.price import prices
from tierline.policy.model import TierMode
from tierline.report.asked import evidence_of, unasked
from tierline.report.causes import causes_of
from tierline.report.causes_text import cause_lines
from tierline.report.layout import table, wrapped
from tierline.report.names import fitted, short_names
from tierline.report.plan_rollback import rollback_lines
from tierline.report.refused import refused
from tierline.report.style import clean
from tierline.report.times import span
from tierline.report.words import overruled, told_left_out

WIDE = 120
"""from so many columns on the table also shows revisions and durations"""
_NARROWEST = 40
_NAMED = 8
"""services left out that the headline names"""


def plan_text(plan: Plan, width: int = 80) -> str:
    """The whole plan in at most `width` columns (names and commands are never cut below sense)."""
    width = max(width, _NARROWEST)
    parts = [
        headline(plan, width),
        _table(plan, width),
        list(_legend(plan, width)),
        list(_overruled(plan, width)),
        list(_outside(plan, width)),
        list(_externals(plan, width)),
        list(_commands(plan)),
        list(_left_out(plan, width)),
        list(_blockers(plan, width)),
        list(_costs(plan, width)),
        list(rollback_lines(plan, width)),
        _compared(plan, width),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def headline(plan: Plan, width: int) -> list[str]:
    """Which plan it is, and its decision."""
    what = clean(plan.selection) or "the whole mesh"
    named = f"target {clean(plan.target)}" if plan.target else "which has no target"
    target = "" if plan.target == plan.environment else f" ({named})"
    where = f"{clean(plan.environment)}{target}"
    counted = Counter(service.decision for service in plan.services)
    counts = ", ".join(f"{counted[d]} {d}" for d in Decision if counted[d])
    counts = f"; {counts}" if len(counted) > 1 else ""
    title = f"Plan {plan.digest[:12]} of {what} for {where}"
    many = f"{_count(plan.services, 'service')} in {_count(plan.batches, 'batch', 'batches')}"
    if plan.left_out:
        every = len(plan.services) + len(plan.left_out)
        names = [clean(one.service_id.partition("-")[0]) for one in plan.left_out]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        left = f"{len(names)} left out: {', '.join(names[:_NAMED])}{more}"
        many = f"for {len(plan.services)} of {every} services; {left}"
    return [
        *wrapped(title, width),
        *wrapped(
            f"{plan.decision}{' ' if plan.left_out else ': '}{many}{counts}{_stops(plan)}", width
        ),
        *(wrapped(said, width) if (said := unasked(evidence_of(plan))) else []),
    ]


def _stops(plan: Plan) -> str:
    return "" if plan.checkpoint is Checkpoint.NONE else f"; stops after each {plan.checkpoint}"


def _count(things: tuple[object, ...], one: str, more: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else more or one + 's'}"


def _table(plan: Plan, width: int) -> list[str]:
    if not plan.services:
        return []
    wide = width >= WIDE
    short = short_names(name for s in plan.services for name in (s.service_id, *s.outside))
    heads = ["#", "batch", "tier", "service", "waits for", "decision"]
    heads += ["expected", "revision"] if wide else []
    rows = [heads, *(_row(service, short, wide=wide) for service in plan.services)]
    lines = table(fitted(rows, {3: 14, 4: 9}, width), right=(0, 6) if wide else (0,), indent=0)
    tiers = [service.effective_tier for service in plan.services]
    spaced = lines[:2]
    for line, before, tier in zip(lines[2:], tiers, tiers[1:], strict=False):
        spaced += ["", line] if tier != before else [line]
    return spaced


def _row(service: PlannedService, short: Mapping[str, str], *, wide: bool) -> list[str]:
    declared, effective = service.tier, service.effective_tier
    owners = [*(short[o] for o in service.owners), *(f"{short[o]}*" for o in service.outside)]
    row = [
        str(service.rank + 1),
        service.batch,
        str(effective) if declared == effective else f"{declared}->{effective}!",
        clean(service.service_id),
        " ".join(owners) or "-",
        str(service.decision),
    ]
    if wide:
        row += [span(service.expected_seconds), service.revision.id[:12]]
    return row


def _legend(plan: Plan, width: int) -> Iterator[str]:
    marks = ["batch tT-lL: effective tier T, level L"]
    if plan.overruled:
        marks.append("!: starts in a later tier than declared")
    if plan.outside:
        marks.append("*: in the mesh, not in this plan")
    if plan.services:
        yield from wrapped("; ".join(marks), width)


def _overruled(plan: Plan, width: int) -> Iterator[str]:
    if plan.overruled:
        yield "Overruled tiers"
    for one in plan.overruled:
        yield from _item(f"{one.service_id}: {overruled(one)}", width)


def _outside(plan: Plan, width: int) -> Iterator[str]:
    if plan.outside:
        yield "Owners outside this plan, to be healthy before their dependents start"
    for owner, revision in plan.outside.items():
        yield from _item(
            f"{owner}: {f'runs {revision[:12]}' if revision else 'not seen running'}", width
        )


def _externals(plan: Plan, width: int) -> Iterator[str]:
    named: dict[str, list[str]] = {}
    for service in plan.services:
        for external in service.externals:
            named.setdefault(external, []).append(service.service_id)
    if named:
        yield "Externals: outside the mesh, and taken to be there"
    for external in sorted(named):
        yield from _item(f"{external}: for {', '.join(sorted(named[external]))}", width)


def _commands(plan: Plan) -> Iterator[str]:
    told = [(s, workload) for s in plan.services for workload in s.argv]
    if told:
        yield "Commands that the mesh's configuration asks for"
    for service, workload in told:
        argv = json.dumps(list(service.argv[workload]), ensure_ascii=False)
        yield clean(f"  {service.service_id} {workload}: {argv}")


def _left_out(plan: Plan, width: int) -> Iterator[str]:
    if plan.left_out:
        yield "Left out"
    for one in plan.left_out:
        yield from _item(told_left_out(one), width)


def _blockers(plan: Plan, width: int) -> Iterator[str]:
    if plan.blockers:
        yield "Blockers"
    yield from cause_lines(causes_of(plan.blockers, refused(plan)), width)


def _costs(plan: Plan, width: int) -> Iterator[str]:
    if not plan.services:
        return
    cost, slots = prices(plan), plan.rules.limits.max_parallel
    strict = plan.rules.tiers is TierMode.STRICT
    least = f"Takes at least {span(plan.bound_seconds)} with {slots} at once"
    tiers = f"strict tiers cost {span(cost.tiers)} of it" if strict else "tiers only set priority"
    yield from wrapped(f"{least}; {tiers}.", width)
    if plan.checkpoint is not Checkpoint.NONE:
        tier = plan.checkpoint is Checkpoint.TIER
        added = span(cost.checkpoint_tier if tier else cost.checkpoint_batch)
        stops = f"Stops after each {plan.checkpoint} until `tierline resume`"
        yield from wrapped(f"{stops}: {added} of it, besides the time to answer.", width)
        return
    after = f"each tier would add at least {span(cost.checkpoint_tier)}"
    batch = f"after each batch {span(cost.checkpoint_batch)}"
    yield from wrapped(f"A checkpoint after {after}, {batch}, besides the time to answer.", width)


def _compared(plan: Plan, width: int) -> list[str]:
    words = plan.compared
    return wrapped(f"{words[:1].upper()}{words[1:]}.", width) if words else []


def _item(text: str, width: int) -> list[str]:
    return wrapped(text, width, "  ", "    ")
