"""Random plans and behaviours, all from one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from made.plans import mesh_of, policy_of, request_of
from tierline.facts.evidence import SignalKind
from tierline.plan.build import build
from tierline.plan.model import Plan
from tierline.policy.model import Demand, Limits, OnTierFailure, TierMode
from tierline.targets.simulated.behaviour import Behaviour

_FAULTS = (
    {"build_fails": True},
    {"refuse": 1},
    {"refuse": 5},
    {"refused_for_good": "simulated/quota"},
    {"lose_before": 1},
    {"lose_after": 1},
    {"lose_before": 5},
    {"healthy_after": None},
    {"healthy_after": 7.0},
    {"exits_after": 0.0, "exit_code": 0},
    {"exits_after": 0.1},
    {"exits_after": 1.5},
    {"wrong_revision": True},
    {"missing_signals": (SignalKind.TRACES,)},
    {"error_share": 0.3},
    {"flaps": True},
)
RECOVERABLE = ({"refuse": 1}, {"lose_before": 1}, {"lose_after": 1}, {"healthy_after": 3.0})


@dataclass(frozen=True)
class Script:
    """One simulated rollout: the plan, how services behave, when the conductor dies.

    `kills` are numbers of operations (journal writes and effects, counted from each start of a
    conductor) at which it dies; `freezes` are those at which it stops and wakes up much later.
    """

    seed: int
    plan: Plan
    behaviours: dict[str, tuple[Behaviour, ...]]
    kills: tuple[int, ...]
    freezes: tuple[int, ...]
    faulty: bool


def script_of(seed: int) -> Script:
    """Everything about one run, from its seed."""
    random = Random(seed)
    count = random.randint(1, 12)
    names = [f"M{number:02d}-Service" for number in range(count)]
    random.shuffle(names)
    owners = {
        name: tuple(random.sample(names[:place], min(place, random.choice((0, 1, 1, 2, 3)))))
        for place, name in enumerate(names)
    }
    mesh = mesh_of(owners, {name: random.randint(0, 2) for name in names})
    chosen = tuple(name for name in mesh.services if random.random() < 0.8) or (names[0],)
    policy = policy_of(random.choice(list(TierMode)), random.randint(1, 5))
    budget = random.choice((None, None, 1, 2))
    limits = Limits(
        max_parallel=policy.limits.max_parallel, failure_budget=budget, verify_seconds=5.0
    )
    policy = replace(
        policy,
        limits=limits,
        on_tier_failure=random.choice(list(OnTierFailure)),
        demands={str(kind): random.choice(list(Demand)) for kind in SignalKind},
    )
    request = request_of(mesh, selection="seeded", chosen=chosen, policy=policy)
    faulty = random.random() < 0.6
    behaviours = {name: _behaviours(random, faulty=faulty) for name in chosen}
    kills = tuple(random.randint(1, 12) for _ in range(random.choice((0, 0, 1, 2, 4))))
    freezes = (random.randint(1, 20),) if random.random() < 0.15 else ()
    return Script(seed, build(request), behaviours, kills, freezes, faulty)


def _behaviours(random: Random, *, faulty: bool) -> tuple[Behaviour, ...]:
    timing = {
        "accept_seconds": random.choice((0.0, 0.01, 0.3)),
        "running_after": random.choice((0.0, 0.05, 0.2)),
        "signals_after": random.choice((0.0, 0.3, 1.0)),
    }
    if random.random() < 0.75:
        return (Behaviour(**timing),)
    fault = random.choice(_FAULTS if faulty else RECOVERABLE)
    return (Behaviour(**{**timing, **fault}),)
