"""The table of gates: which rules a release must pass, why they exist, and what each needs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tierline.readiness import late
from tierline.readiness.former import FORMER_GATE
from tierline.readiness.gate import Gate
from tierline.readiness.gates_between import BETWEEN
from tierline.readiness.gates_boundaries import BOUNDARIES_GATE
from tierline.readiness.gates_breaking import BREAKING_GATES
from tierline.readiness.gates_exceptions import EXCEPTIONS
from tierline.readiness.gates_proto import PROTO_GATES
from tierline.readiness.gates_scripts import SCRIPT_GATES
from tierline.readiness.manifests.gate import MANIFESTS_GATE
from tierline.readiness.release import RELEASE_GATE
from tierline.readiness.tests_gate import TESTS_GATE

_JUDGED = (
    Gate(
        "structure",
        "Files and folders",
        "Scripts, pipelines and people rely on every service looking alike.",
        "the profile (tierline.toml, else go-mesh) and the list of all paths of the mesh",
        "Every file and folder of the profile exists, as a regular file that is not empty; a "
        ".gitkeep only where its folder would otherwise be empty. Each service has exactly one "
        "folder, directly below its domain; no folder there belongs to nobody. No link leads out "
        "of the mesh. In a Go mesh also: the module path of go.mod, go.work, and a bootstrap "
        "package with func Build( or func NewRuntime(, read as Go, so that comments and strings "
        "do not count. An api that only prints something and ends is told.",
        late.judge("structure", "judge_structure"),
        late.judge("structure", "judge_service_structure"),
    ),
    Gate(
        "index",
        "The index of services",
        "Owners, domains and events are taken from services-index.yaml; a stale or malformed one "
        "orders a mesh that does not exist.",
        "services/services-index.yaml; for its freshness also its canonical inputs",
        "The file has its declared shape: ids, known domains, module paths, sorted lists without "
        "repetition. Where the canonical inputs are at hand, every service and field is compared "
        "with what they would generate; where not, freshness is unknown.",
        late.judge("index", "judge_index"),
    ),
    Gate(
        "load-order",
        "The order of start",
        "Services start by dependency levels and tiers; there must be such an order, and the "
        "document that people read must say the same as the index.",
        "docs/dependency-load-order.md and the index; for cycles through externals dependencies.yaml",
        "No cycle of DBR edges, also none through services outside the mesh; each is shown with "
        "its shortest edge list. Totals, levels, tiers and matrix of the document agree with the "
        "index, service by service. A service whose owner starts in a later tier is reported: it "
        "moves to that tier.",
        late.judge("load_order", "judge_load_order"),
    ),
    Gate(
        "lifecycle",
        "Implemented services",
        "Only services that somebody vouches for are promoted to production.",
        "tooling/manifests/implemented-services.yaml, docs/service-lifecycle.md, contracts/events",
        "The list names services of the index, each once; services that it does not name are "
        "reported, and in production refused. Every event that a listed service provides or "
        "consumes has its contract file, and its api is no placeholder. The document describes the three states of the lifecycle.",
        late.judge("lifecycle", "judge_lifecycle"),
        judge_found=late.judge("lifecycle", "judge_listed"),
    ),
    Gate(
        "config",
        "Default configuration",
        "A service starts from configs/default.yaml wherever the environment says nothing else.",
        "configs/default.yaml of every service, .env.example, .env, [local.variables]",
        "Id and domain are those of the index. Ports are numbers from 1 to 65535, each once. Every "
        "${VAR} is defined or has a default, and none stands where a list or a number belongs.",
        judge_service=late.judge("config", "judge_config"),
    ),
    Gate(
        "owners",
        "Owners and externals",
        "A service that reads data which nobody owns cannot work.",
        "the index; to tell unknown from external also service-architecture-map.yaml",
        "No service depends on itself, on a retired service, or on one that nobody knows. Owners "
        "outside the mesh are assumed to be there and reported locally; elsewhere a probe or an "
        "attestation must say so, else they are unknown.",
        late.judge("owners", "judge_owners"),
    ),
    Gate(
        "settings",
        "Settings of the mesh",
        "A mesh may ask for more care than its environment's policy, never for less.",
        "tierline.toml and the policy",
        "tierline.toml has no unknown key and names services that exist. Its [policy] table only "
        "tightens; whatever would loosen has no effect and is a failure that says what was tried.",
        late.judge("settings", "judge_settings"),
    ),
)

GATES: Final = (
    *_JUDGED,
    *BETWEEN,
    MANIFESTS_GATE,
    RELEASE_GATE,
    *PROTO_GATES,
    *BREAKING_GATES,
    BOUNDARIES_GATE,
    FORMER_GATE,
    TESTS_GATE,
    *EXCEPTIONS,
    *SCRIPT_GATES,
)
"""every gate, in the order in which people read them"""

GATE: Final[Mapping[str, Gate]] = MappingProxyType({gate.id: gate for gate in GATES})
"""id -> gate"""
