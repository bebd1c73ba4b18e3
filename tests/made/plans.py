"""Meshes, requests and plans that tests are made of: `owners` and `tiers` in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from tierline.facts.decision import Decision, worst
from tierline.facts.revision import Part, Revision
from tierline.mesh.defect import Place
from tierline.mesh.graph import build_graph
from tierline.mesh.model import Canonical, Mesh, Service, Workload
from tierline.mesh.profiles import GO_MESH
from tierline.mesh.settings import Settings
from tierline.plan.build import PlanRequest
from tierline.plan.model import Checkpoint
from tierline.policy.model import EnvironmentKind, Limits, Policy, TierMode
from tierline.readiness.model import Readiness, Reason, ServiceReadiness

Owners = Mapping[str, tuple[str, ...]]

DOMAINS = {0: "platform-ops", 1: "core-platform", 2: "data-ai"}


def mesh_of(owners: Owners, tiers: Mapping[str, int] | None = None) -> Mesh:
    """A mesh of api services; owners that are no service themselves are externals."""
    tiers = {name: (tiers or {}).get(name, 2) for name in owners}
    return Mesh(
        name="made",
        label="mesh",
        profile=GO_MESH,
        settings=Settings(name="made"),
        services={name: _service(name, owners, tiers) for name in owners},
        graph=build_graph(owners, tiers),
        events={},
        implemented=None,
        load_order=None,
        lifecycle=None,
        canonical=Canonical(),
        variables={},
        defects=(),
    )


def _service(name: str, owners: Owners, tiers: Mapping[str, int]) -> Service:
    domain = DOMAINS.get(tiers[name], "integrations")
    return Service(
        service_id=name,
        short_id=name[:3],
        domain=domain,
        tier=tiers[name],
        path=f"services/{domain}/{name}",
        owners=tuple(sorted(set(owners[name]) & owners.keys())),
        externals=tuple(sorted(set(owners[name]) - owners.keys())),
        consumes=(),
        produces=(),
        serves_http=True,
        workloads=(Workload("api", "go", "cmd/api/main.go"),),
        config=None,
        place=Place("mesh/services/services-index.yaml", 4),
    )


def readiness_of(mesh: Mesh, worse: Mapping[str, Decision] | None = None) -> Readiness:
    """Everything GO but for those named; who stands behind them is left as it is."""
    decisions = {name: (worse or {}).get(name, Decision.GO) for name in mesh.services}
    services = {
        name: ServiceReadiness(name, decision, (), ())
        if decision is Decision.GO
        else ServiceReadiness(
            name, decision, (Reason("structure/missing-file", f"{name}: no Makefile"),), (name,)
        )
        for name, decision in decisions.items()
    }
    return Readiness("local", worst(decisions.values()), services, ())


def revision_of(name: str, text: str = "one") -> Revision:
    """A revision of two source parts and a configuration."""
    return Revision(
        (Part("service tree", f"{name} {text}"), Part("toolchain", "go1.26")),
        (Part("configs/default.yaml", "template"),),
    )


def policy_of(tiers: TierMode = TierMode.STRICT, max_parallel: int = 8) -> Policy:
    """A local policy with as many slots."""
    return Policy(
        "local",
        EnvironmentKind.LOCAL,
        "local",
        tiers=tiers,
        limits=Limits(max_parallel=max_parallel),
    )


def request_of(mesh: Mesh, **changed: object) -> PlanRequest:
    """The whole mesh, all GO, under the local policy; any field of the request may be changed."""
    request = PlanRequest(
        mesh=mesh,
        selection="",
        chosen=tuple(mesh.services),
        readiness=readiness_of(mesh),
        revisions={name: revision_of(name) for name in mesh.services},
        policy=policy_of(),
    )
    return replace(request, **changed)  # type: ignore[arg-type] # fields of PlanRequest by name


@st.composite
def meshes(draw: st.DrawFn, most: int = 12) -> Mesh:
    """Meshes without cycles, with inversions and externals as they come."""
    count = draw(st.integers(1, most))
    names = draw(st.permutations([f"M{i:02d}-Service" for i in range(count)]))
    owners: dict[str, tuple[str, ...]] = {}
    for place, name in enumerate(names):
        known = [*names[:place], "X01-External"]
        owners[name] = tuple(draw(st.sets(st.sampled_from(known), max_size=3)))
    tiers = {name: draw(st.integers(0, 2)) for name in names}
    return mesh_of(owners, tiers)


@st.composite
def requests(draw: st.DrawFn, most: int = 12) -> PlanRequest:
    """A request for some services of some mesh, under some rules and durations."""
    mesh = draw(meshes(most))
    chosen = draw(st.sets(st.sampled_from(sorted(mesh.services)), min_size=1))
    seconds = st.sampled_from([0.0, 0.3, 1.0, 1.0, 2.5, 7.0])
    return request_of(
        mesh,
        selection=" ".join(sorted(chosen)),
        chosen=tuple(name for name in mesh.services if name in chosen),
        policy=policy_of(draw(st.sampled_from(list(TierMode))), draw(st.integers(1, 4))),
        expected_seconds={name: draw(seconds) for name in sorted(chosen)},
        checkpoint=draw(st.sampled_from(list(Checkpoint))),
        outside=dict.fromkeys(set(mesh.services) - chosen, draw(st.sampled_from(["", "a" * 32]))),
    )
