"""What is no longer as a plan says, in words; knows two plans, not the world they came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from tierline.facts import revision
from tierline.plan.digest import Json, bound, rules_json
from tierline.plan.model import Blocker, LeftOut, Plan, PlannedService


def moved(plan: Plan, now: Plan) -> tuple[str, ...]:
    """Everything bound that differs between a plan and the one that would be made now.

    Empty exactly when both have the same digest. One line a fact, the release's first, then the
    services' in the order of the plan.
    """
    before, after = bound(plan), bound(now)
    if before == after:
        return ()
    return (*_release(before, after), *_lists(plan, now), *_rules(plan, now), *_services(plan, now))


def _release(before: Json, after: Json) -> Iterator[str]:
    for name in ("environment", "target", "mesh", "decision", "checkpoint", "ready_only"):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{name}: {_word(old)} -> {_word(new)}"


def _lists(plan: Plan, now: Plan) -> Iterator[str]:
    old = {o.service_id: o.because for o in plan.overruled}
    new = {o.service_id: o.because for o in now.overruled}
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield f"{name}: its tier follows {new[name]}, was {old[name]}"
    for name in sorted(old.keys() ^ new.keys()):
        yield f"{name}: {'is' if name in new else 'is no longer'} moved to a later tier"
    yield from _left_out(plan, now)
    if told := _members(plan.together, now.together):
        yield f"services that move as one: {told}"
    gone = Counter(map(_blocker, plan.blockers)) - Counter(map(_blocker, now.blockers))
    come = Counter(map(_blocker, now.blockers)) - Counter(map(_blocker, plan.blockers))
    yield from (f"blocker gone: {told}" for told in sorted(gone))
    yield from (f"blocker new: {told}" for told in sorted(come))


def _left_out(plan: Plan, now: Plan) -> Iterator[str]:
    old = {one.service_id: _left(one) for one in plan.left_out}
    new = {one.service_id: _left(one) for one in now.left_out}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"{name}: was left out ({old[name]}), and would not be now"
        elif name not in old:
            yield f"{name}: would be left out now ({new[name]})"
        elif old[name] != new[name]:
            yield f"{name}: left out as {new[name]}, was {old[name]}"


def _left(one: LeftOut) -> str:
    behind = f", {' -> '.join(one.chain)}" if len(one.chain) > 1 else ""
    return f"{one.decision} {one.code}{behind}"


def _blocker(blocker: Blocker) -> str:
    chain = f" ({' -> '.join(blocker.chain)})" if len(blocker.chain) > 1 else ""
    return f"{blocker.service_id or 'the release'}: {blocker.code}{chain}"


def _rules(plan: Plan, now: Plan) -> Iterator[str]:
    before, after = dict(_flat(rules_json(plan.rules))), dict(_flat(rules_json(now.rules)))
    names = [name for name in before | after if before.get(name) != after.get(name)]
    for name in names:
        yield f"rules: {name} {_word(before.get(name))} -> {_word(after.get(name))}"
    if plan.policy_digest != now.policy_digest and not names:
        yield "policy: severities, demands, waivers or trust are others than before"
    for owner in sorted(plan.outside.keys() & now.outside.keys()):
        old, new = plan.outside[owner], now.outside[owner]
        if old != new:
            yield f"{owner}: owner outside the plan, runs {_short(new)}, was {_short(old)}"


def _flat(rules: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in rules.items():
        if isinstance(value, Mapping):
            inner = cast("Mapping[str, object]", value)
            yield from _flat(inner, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _services(plan: Plan, now: Plan) -> Iterator[str]:
    after = {service.service_id: service for service in now.services}
    for service in plan.services:
        other = after.pop(service.service_id, None)
        if other is None:
            yield f"{service.service_id}: planned, and would not be now"
        else:
            yield from _service(service, other)
    yield from (f"{name}: not planned, and would be now" for name in after)


def _service(before: PlannedService, after: PlannedService) -> Iterator[str]:
    name = before.service_id
    parts = revision.moved(before.revision, after.revision)
    if before.revision.id != after.revision.id:
        yield f"{name}: changed: {', '.join(parts)}"
    for what, words in _EDGES.items():
        told = _members(getattr(before, what), getattr(after, what))
        if told:
            yield f"{name}: {words}: {told}"
    for what in ("tier", "effective_tier", "level", "decision", "serves_http"):
        old, new = getattr(before, what), getattr(after, what)
        if old != new:
            yield f"{name}: {what.replace('_', ' ')} {_word(old)} -> {_word(new)}"
    for workload in sorted(before.argv.keys() | after.argv.keys()):
        if before.argv.get(workload) != after.argv.get(workload):
            yield f"{name}: the command of {workload} is another"


_EDGES = {
    "owners": "owners in the plan",
    "outside": "owners outside the plan",
    "externals": "externals",
    "workloads": "workloads",
    "after": "waits, for a contract's sake, for",
    "brings": "telemetry that it brings",
}


def _members(before: Collection[str], after: Collection[str]) -> str:
    gone = (f"-{name}" for name in sorted(set(before) - set(after)))
    come = (f"+{name}" for name in sorted(set(after) - set(before)))
    return " ".join((*come, *gone))


def _word(value: object) -> str:
    if value is None or value == "":
        return "none"
    return str(value)


def _short(digest: str) -> str:
    return digest[:12] or "nothing"
