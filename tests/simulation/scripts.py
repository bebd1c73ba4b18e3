"""Random plans and behaviours, all from one seed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from made.plans import mesh_of, policy_of, request_of
from simulation.breaking import withholding
from simulation.going_back import Past, foreseeing, has_past, past_of
from simulation.views import ViewFaults
from tierline.facts.evidence import SignalKind
from tierline.mesh.model import Mesh, Workload
from tierline.plan.build import PlanRequest, build
from tierline.plan.model import Checkpoint, Plan
from tierline.policy.model import Demand, Limits, OnTierFailure, TierMode
from tierline.rollout.events import Command, CommandAccepted
from tierline.targets.simulated.behaviour import Behaviour

_FAULTS = (
    {"build_fails": True},
    {"refuse": 1},
    {"refuse": 5},
    {"refused_for_good": "simulated/quota"},
    {"lose_before": 1},
    {"lose_after": 1},
    {"lose_before": 3},
    {"lose_before": 5},
    {"healthy_after": None},
    {"healthy_after": 7.0},
    {"exits_after": 0.0, "exit_code": 0},
    {"exits_after": 0.1},
    {"exits_after": 1.5},
    {"exits_after": 4.0},
    {"exits_after": 9.0},
    {"wrong_revision": True},
    {"missing_signals": (SignalKind.TRACES,)},
    {"error_share": 0.3},
    {"flaps": True},
    {"unreachable": True},
)
_RECOVERABLE = (
    {"refuse": 1},
    {"lose_before": 1},
    {"lose_after": 1},
    {"healthy_after": 3.0},
    {"unnamed": True},
)
_OUTSIDE = ({"healthy_after": None}, {"exits_after": 0.5}, {"exits_after": 2.0}, {"flaps": True})


@dataclass(frozen=True)
class Script:
    """One simulated rollout: the plan, how services behave, what becomes of conductors.

    `unchanged` services run at the planned revision before it begins, `outdated` ones at another.
    `kills` are numbers of operations (journal writes and effects, counted from each start of a
    conductor) at which it dies; `freezes` are those at which it stops and wakes up much later.
    `asks` are commands with the second at which a person gives them; `resumes` says how often the
    rollout is resumed after it ended held. `clocks` are the seconds by which the clock of one
    conductor after the other is ahead of the true one. Somebody looks every `looks_every` seconds
    whether the rollout waits at a checkpoint, and lets it pass. Writing to the journal takes
    `commit_seconds`.
    """

    seed: int
    plan: Plan
    behaviours: dict[str, tuple[Behaviour, ...]]
    faulty: bool
    unchanged: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    kills: tuple[int, ...] = ()
    freezes: tuple[int, ...] = ()
    view: ViewFaults = field(default_factory=ViewFaults)
    asks: tuple[tuple[float, Command], ...] = ()
    resumes: int = 0
    clocks: tuple[float, ...] = (0.0,)
    looks_every: float = 1.0
    commit_seconds: float = 0.0
    past: Past | None = None
    """what it could go back to, where its policy rolls back, or somebody asks for it"""
    backs: tuple[CommandAccepted, ...] = ()
    """what people ask who want it back, one after the other, each when the rollout has ended"""
    back_at_death: bool = False
    """the first of them asks when a conductor has died, if one does"""


def script_of(seed: int) -> Script:
    """Everything about one run, from its seed."""
    random = Random(seed)
    request = _request(random)
    plan = build(request)
    faulty = random.random() < 0.6 or has_past(seed)
    behaviours = {
        service.service_id: _behaviours(random, service.owners + service.outside, faulty=faulty)
        for service in plan.services
    }
    for owner in sorted(plan.outside):
        broken = faulty and random.random() < 0.3
        fault: dict[str, Any] = dict(random.choice(_OUTSIDE)) if broken else {}
        behaviours[owner] = (Behaviour(**fault),)
    before = {service.service_id: random.random() for service in plan.services}
    asks = _asks(random)
    script = Script(
        seed=seed,
        plan=plan,
        behaviours=behaviours,
        faulty=faulty,
        unchanged=tuple(name for name, draw in before.items() if draw < 0.15),
        outdated=tuple(name for name, draw in before.items() if 0.15 <= draw < 0.3),
        kills=tuple(random.randint(1, 12) for _ in range(random.choice((0, 0, 1, 2, 4)))),
        freezes=(random.randint(1, 20),) if random.random() < 0.15 else (),
        view=_view(random),
        asks=asks,
        resumes=random.randint(1, 2) if asks or random.random() < 0.3 else 0,
        clocks=_clocks(random),
        looks_every=random.choice((0.2, 1.0, 3.0)),
    )
    checkpoint = random.choice((Checkpoint.NONE, Checkpoint.NONE, *Checkpoint))
    script = replace(
        script,
        plan=build(replace(request, checkpoint=checkpoint)),
        commit_seconds=random.choice((0.0, 0.003, 0.02, 0.3)),
    )
    return with_past(script) if has_past(seed) else withholding(script)


def with_past(script: Script) -> Script:
    """The same in an environment that ran something before, and goes back to it when one fails."""
    past = past_of(script.seed, script.plan, script.unchanged)
    plan = foreseeing(script.plan, past)
    return replace(script, plan=plan, past=past, outdated=(), asks=(), resumes=0)


def _request(random: Random) -> PlanRequest:
    count = random.randint(1, 12)
    names = [f"M{number:02d}-Service" for number in range(count)]
    random.shuffle(names)
    owners = {
        name: tuple(random.sample(names[:place], min(place, random.choice((0, 1, 1, 2, 3)))))
        for place, name in enumerate(names)
    }
    mesh = mesh_of(owners, {name: random.randint(0, 2) for name in names})
    mesh = _with_workers(mesh, {name for name in names if random.random() < 0.25})
    chosen = tuple(name for name in mesh.services if random.random() < 0.8) or (names[0],)
    policy = policy_of(random.choice(list(TierMode)), random.randint(1, 5))
    limits = Limits(
        max_parallel=policy.limits.max_parallel,
        failure_budget=random.choice((None, None, 1, 2)),
        verify_seconds=5.0,
    )
    policy = replace(
        policy,
        limits=limits,
        on_tier_failure=random.choice(list(OnTierFailure)),
        demands={str(kind): random.choice(list(Demand)) for kind in SignalKind},
    )
    return request_of(mesh, selection="seeded", chosen=chosen, policy=policy)


def _with_workers(mesh: Mesh, names: set[str]) -> Mesh:
    worker = Workload("worker", "go", "cmd/worker/main.go")
    services = {
        name: replace(service, workloads=(*service.workloads, worker)) if name in names else service
        for name, service in mesh.services.items()
    }
    return replace(mesh, services=services)


def _behaviours(random: Random, owners: tuple[str, ...], *, faulty: bool) -> tuple[Behaviour, ...]:
    """How one start after the other goes: faults may stay, or be gone when it is tried again."""
    timing: dict[str, Any] = {
        "accept_seconds": random.choice((0.0, 0.01, 0.3)),
        "running_after": random.choice((0.0, 0.05, 0.2)),
        "signals_after": random.choice((0.0, 0.3, 1.0)),
    }
    well = Behaviour(**timing)
    if random.random() < 0.75:
        return (well,)
    fault: dict[str, Any] = dict(random.choice(_FAULTS if faulty else _RECOVERABLE))
    for edge in ("unreachable", "unnamed"):
        if edge in fault:
            fault[edge] = (random.choice(owners),) if owners else ()
    ill = Behaviour(**{**timing, **fault})
    return (ill, well) if random.random() < 0.3 else (ill,)


def _view(random: Random) -> ViewFaults:
    if random.random() < 0.6:
        return ViewFaults()
    cuts = tuple(random.randint(0, 12) for _ in range(random.choice((0, 1, 2, 3))))
    return ViewFaults(cuts, late=0.1, twice=0.1, disordered=0.15)


def _clocks(random: Random) -> tuple[float, ...]:
    if random.random() < 0.6:
        return (0.0,)
    return tuple(random.choice((-7200.0, -30.0, -1.0, 0.0, 1.0, 45.0, 7200.0)) for _ in range(4))


def _asks(random: Random) -> tuple[tuple[float, Command], ...]:
    if random.random() < 0.8:
        return ()
    first = (round(random.uniform(0.0, 4.0), 2), random.choice((Command.HOLD, Command.ABORT)))
    if first[1] is Command.HOLD and random.random() < 0.3:
        return (first, (round(first[0] + random.uniform(0.0, 1.0), 2), Command.RESUME))
    return (first,)
