"""How long plans take: build, write, read, compare and bound, for meshes up to 10,000 services.

    python benchmarks/plan.py

The budget is 1 s for `build` of 10,000 services with 50,000 edges on two cores.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from tierline.facts.decision import Decision
from tierline.facts.revision import Part, Revision
from tierline.mesh.defect import Place
from tierline.mesh.graph import build_graph
from tierline.mesh.model import Canonical, Mesh, Service, Workload
from tierline.mesh.profiles import GO_MESH
from tierline.mesh.settings import Settings
from tierline.plan.build import PlanRequest, build
from tierline.plan.document import from_json, to_json
from tierline.plan.moved import moved
from tierline.plan.price import prices
from tierline.policy.model import EnvironmentKind, Limits, Policy
from tierline.readiness.model import Readiness, ServiceReadiness
from tierline.report.plan_svg import plan_svg
from tierline.report.plan_text import plan_text

BUDGET_SECONDS = 1.0
PARTS = ("service tree", "closure: platform", "closure: contracts", "go.work.sum", "toolchain: go")


def made(count: int, edges: int, seed: int) -> PlanRequest:
    """A mesh of so many services and edges, all GO."""
    chance = random.Random(seed)
    names = [f"M{number:05d}-Generated-Service" for number in range(count)]
    owners: dict[str, set[str]] = {name: set() for name in names}
    while sum(map(len, owners.values())) < edges:
        for _ in range(edges - sum(map(len, owners.values()))):
            one, other = sorted(chance.sample(range(count), 2))
            owners[names[other]].add(names[one])
    tiers = {name: min(2, number * 3 // count) for number, name in enumerate(names)}
    services = {name: service(name, owners[name], tiers[name]) for name in names}
    mesh = Mesh(
        name="generated",
        label="mesh",
        profile=GO_MESH,
        settings=Settings(),
        services=services,
        graph=build_graph(owners, tiers),
        events={},
        implemented=None,
        load_order=None,
        lifecycle=None,
        canonical=Canonical(),
        variables={},
        defects=(),
    )
    ready = {name: ServiceReadiness(name, Decision.GO, ()) for name in names}
    return PlanRequest(
        mesh=mesh,
        selection="",
        chosen=tuple(names),
        readiness=Readiness("local", Decision.GO, ready, ()),
        revisions={
            name: Revision(tuple(Part(part, f"{name} {part}") for part in PARTS)) for name in names
        },
        policy=Policy("local", EnvironmentKind.LOCAL, "local", limits=Limits(max_parallel=64)),
        expected_seconds={name: chance.uniform(0.2, 5) for name in names},
    )


def service(name: str, owners: set[str], tier: int) -> Service:
    """A Go service of one workload."""
    return Service(
        service_id=name,
        short_id=name[:6],
        domain="data-ai",
        tier=tier,
        path=f"services/data-ai/{name.lower()}",
        owners=tuple(sorted(owners)),
        externals=(),
        consumes=(),
        produces=(),
        serves_http=True,
        workloads=(Workload("api", "go", "cmd/api/main.go"),),
        config=None,
        place=Place("mesh/services/services-index.yaml", 4),
    )


def best_of(times: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest run."""
    taken: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Print seconds by size of mesh."""
    print(f"{'services':>8} {'edges':>7}  build  write   read  moved prices   text    svg")
    for count, edges in ((49, 34), (1_000, 5_000), (10_000, 50_000)):
        request = made(count, edges, seed=1)
        plan = build(request)
        text = to_json(plan)
        seconds = [
            best_of(3, work)
            for work in (
                lambda request=request: build(request),
                lambda plan=plan: to_json(plan),
                lambda text=text: from_json(text),
                lambda plan=plan: moved(plan, plan),
                lambda plan=plan: prices(plan),
                lambda plan=plan: plan_text(plan, 200),
                lambda plan=plan: plan_svg(plan),
            )
        ]
        print(f"{count:>8} {edges:>7} ", " ".join(f"{s:6.3f}" for s in seconds))
        if count == 10_000:
            word = "within" if seconds[0] <= BUDGET_SECONDS else "OVER"
            print(f"build of 10,000 services: {word} the budget of {BUDGET_SECONDS} s;", end=" ")
            print(f"plan file {len(text) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
