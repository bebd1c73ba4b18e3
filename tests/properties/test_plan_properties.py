"""What holds for every plan: order, bound, identity, round trip."""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made.plans import readiness_of, requests, revision_of
from tierline.errors import UsageError
from tierline.facts.decision import Decision
from tierline.plan.build import PlanRequest, build
from tierline.plan.document import as_document, from_json, to_json
from tierline.plan.model import Checkpoint, Plan
from tierline.plan.moved import moved
from tierline.plan.order import group_by, jobs_of
from tierline.plan.price import prices
from tierline.plan.schedule import remaining
from tierline.policy.model import TierMode


def makespan(plan: Plan, rank: Mapping[str, int]) -> float:
    """Start whatever may start, in order of rank, on `max_parallel` slots; seconds until done."""
    services = {s.service_id: s for s in plan.services}
    strict = plan.rules.tiers is TierMode.STRICT or plan.checkpoint is not Checkpoint.NONE
    batches = plan.checkpoint is Checkpoint.BATCH
    gate = {
        name: (s.effective_tier if strict else 0, s.level if batches else 0)
        for name, s in services.items()
    }
    running: list[tuple[float, str]] = []
    pending, done, now = set(services), set[str](), 0.0
    while pending or running:
        gates = [gate[name] for name in services if name not in done]
        may = [
            name
            for name in pending
            if gate[name] == min(gates) and set(services[name].owners) <= done
        ]
        for name in sorted(may, key=lambda name: rank[name]):
            if len(running) < plan.rules.limits.max_parallel:
                heapq.heappush(running, (now + services[name].expected_seconds, name))
                pending.discard(name)
        now, ended = heapq.heappop(running)
        done.add(ended)
    return now


@given(requests(), st.randoms(use_true_random=False))
def test_no_schedule_beats_the_bound(request: PlanRequest, chance) -> None:
    plan = build(request)
    names = [s.service_id for s in plan.services]
    any_order = names.copy()
    chance.shuffle(any_order)
    for line in (names, any_order):
        took = makespan(plan, {name: place for place, name in enumerate(line)})
        assert took >= plan.bound_seconds - 1e-9
    assert plan.bound_seconds >= plan.bound_untiered_seconds


@given(requests())
def test_a_price_is_what_the_bound_grows_by(request: PlanRequest) -> None:
    least = {one: build(replace(request, checkpoint=one)).bound_seconds for one in Checkpoint}
    cost = prices(build(request))
    plain = least[Checkpoint.NONE]
    assert cost.checkpoint_tier == pytest.approx(least[Checkpoint.TIER] - plain)
    assert cost.checkpoint_batch == pytest.approx(least[Checkpoint.BATCH] - plain)
    assert cost.tiers == pytest.approx(plain - build(request).bound_untiered_seconds)


@given(requests())
def test_with_a_slot_for_each_service_the_bound_is_reached(request: PlanRequest) -> None:
    limits = replace(request.policy.limits, max_parallel=len(request.chosen))
    plan = build(replace(request, policy=replace(request.policy, limits=limits)))
    took = makespan(plan, {s.service_id: s.rank for s in plan.services})
    assert took == pytest.approx(plan.bound_seconds)


@given(requests())
def test_owners_come_first_and_effective_tiers_never_fall(request: PlanRequest) -> None:
    plan = build(request)
    planned = {s.service_id: s for s in plan.services}
    graph = request.mesh.graph
    for place, service in enumerate(plan.services):
        assert service.rank == place
        assert service.effective_tier >= service.tier
        assert {*service.owners, *service.outside} == {*graph.owners[service.service_id]}
        for owner in service.owners:
            assert planned[owner].rank < service.rank
            assert planned[owner].level < service.level
            assert planned[owner].effective_tier <= service.effective_tier
    assert {o.service_id for o in plan.overruled} == {
        s.service_id for s in plan.services if s.effective_tier > s.tier
    }
    assert {n: b.id for b in plan.batches for n in b.services} == {
        s.service_id: s.batch for s in plan.services
    }


@given(requests())
def test_inside_a_group_the_longest_remaining_path_goes_first(request: PlanRequest) -> None:
    plan = build(request)
    group = group_by(plan.rules.tiers, plan.checkpoint)
    jobs = jobs_of(plan.services)
    paths = remaining(jobs, group)
    for first, then in pairwise(jobs):
        assert (first.tier, group(first)) <= (then.tier, group(then))
        if (first.tier, group(first)) == (then.tier, group(then)):
            assert paths[first.service_id] >= paths[then.service_id]


@given(requests())
def test_a_plan_comes_back_from_its_file(request: PlanRequest) -> None:
    plan = build(request)
    assert from_json(to_json(plan)) == plan


@given(requests(), st.randoms(use_true_random=False))
def test_neither_key_order_nor_layout_matter(request: PlanRequest, chance) -> None:
    plan = build(request)
    fields = list(json.loads(to_json(plan)).items())
    chance.shuffle(fields)
    assert from_json(json.dumps(dict(fields), indent=4)) == plan


@given(requests(), st.floats(0.1, 100))
def test_expected_durations_do_not_change_the_identity(request: PlanRequest, seconds) -> None:
    other = replace(request, expected_seconds=dict.fromkeys(request.chosen, seconds))
    assert build(other).digest == build(request).digest
    assert moved(build(request), build(other)) == ()


def changes(request: PlanRequest) -> dict[str, PlanRequest]:
    """The request with one bound thing changed, by what it is."""
    name = request.chosen[0]
    mesh, policy = request.mesh, request.policy
    graph = mesh.graph
    service = replace(mesh.services[name], externals=("X99-Another",))
    run = {name: {"api": ("./run", "--fast")}}
    outside = sorted({o for n in request.chosen for o in graph.owners[n]} - {*request.chosen})
    elsewhere = {
        f"outside {owner}": replace(request, outside={**request.outside, owner: "b" * 32})
        for owner in outside[:1]
    }
    stops = next(one for one in Checkpoint if one is not request.checkpoint)
    return elsewhere | {
        "checkpoint": replace(request, checkpoint=stops),
        "ready only": replace(request, ready_only=not request.ready_only),
        "command": replace(request, mesh=replace(mesh, settings=replace(mesh.settings, run=run))),
        "samples": replace(
            request,
            mesh=replace(
                mesh, services={**mesh.services, name: replace(service, serves_http=False)}
            ),
        ),
        "revision": replace(request, revisions={**request.revisions, name: revision_of("", "two")}),
        "verdict": replace(request, readiness=readiness_of(mesh, {name: Decision.HOLD})),
        "policy": replace(request, policy=replace(policy, assume_externals=False)),
        "target": replace(request, policy=replace(policy, target="compose")),
        "environment": replace(request, policy=replace(policy, environment="staging")),
        "limit": replace(
            request, policy=replace(policy, limits=replace(policy.limits, max_parallel=99))
        ),
        "external": replace(request, mesh=replace(mesh, services={**mesh.services, name: service})),
        "tier": replace(
            request,
            mesh=replace(
                mesh,
                graph=replace(
                    graph, effective_tiers={n: t + 1 for n, t in graph.effective_tiers.items()}
                ),
            ),
        ),
        "level": replace(
            request,
            mesh=replace(
                mesh, graph=replace(graph, levels={n: t + 1 for n, t in graph.levels.items()})
            ),
        ),
    }


@given(requests(), st.data())
def test_whatever_is_bound_changes_the_identity_and_is_named(request: PlanRequest, data) -> None:
    what, other = data.draw(st.sampled_from(sorted(changes(request).items(), key=lambda i: i[0])))
    before, after = build(request), build(other)
    assert before.digest != after.digest, what
    assert moved(before, after), what


@given(requests(), requests())
def test_nothing_moved_means_the_same_identity(one: PlanRequest, other: PlanRequest) -> None:
    before, after = build(one), build(other)
    assert (moved(before, after) == ()) == (before.digest == after.digest)


@given(requests(most=4), st.data())
def test_a_file_with_any_value_edited_is_refused(request: PlanRequest, data) -> None:
    document = json.loads(json.dumps(as_document(build(request))))
    places = list(_leaves(document))
    path, value = data.draw(st.sampled_from(places))
    at = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = _another(value)
    with pytest.raises(UsageError):
        from_json(json.dumps(document))


def _leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place))
    else:
        yield path, value


def _another(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "GO" if value == "HOLD" else f"{value or ''}0"
