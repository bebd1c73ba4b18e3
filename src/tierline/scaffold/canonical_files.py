"""The canonical inputs beside the mesh that its index is generated from."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.scaffold.index_files import Declared
from tierline.scaffold.services import DEMO, EXTERNALS, DemoService

FOLDER = "viralForge/specs"
TITLES = (
    ("Platform Edge and Reliability", "platform-ops"),
    ("Integrations and External Boundaries", "integrations"),
    ("Trust, Compliance, and Risk", "trust-compliance"),
    ("Data, AI, and Decisioning", "data-ai"),
    ("Financial Transaction Rails", "financial-rails"),
    ("Core Platform", "core-platform"),
)
RETIRED = {"M27": "M27-Customer-Records", "M28": "M28-Wallet-Service"}
SUCCESSORS = {"M27": "M02-Profile-Service", "M28": "M08-Payments-Ledger-Service"}


def declared(service: DemoService) -> Declared:
    """What the index says of a service."""
    return Declared(
        service.service_id,
        service.domain,
        (*service.owners, *service.externals),
        service.consumes,
        (*(f"EVENT:{event}" for event in service.produces), "http"),
    )


def canonical_files() -> Iterator[tuple[str, str]]:
    """(path beside the mesh, text) of each input."""
    yield f"{FOLDER}/service-architecture-map.yaml", _architecture()
    yield f"{FOLDER}/dependencies.yaml", _dependencies()
    yield f"{FOLDER}/service-deployment-profile.md", _profile()
    yield f"{FOLDER}/service-category-map.yaml", _categories()


def alias_lineage() -> str:
    """`tooling/manifests/alias-lineage.yaml`: retired service -> its successor."""
    pairs = (f"  {old}: {SUCCESSORS[alias]}" for alias, old in sorted(RETIRED.items()))
    return "\n".join(["version: 1", "aliases:", *pairs]) + "\n"


def _architecture() -> str:
    lines = ["version: 1", "services:"]
    for service in DEMO:
        lines += [f"  {service.service_id}:", "    architecture: microservice"]
    for external in EXTERNALS:
        lines += [f"  {external}:", "    architecture: monolith"]
    return "\n".join(lines) + "\n"


def _dependencies() -> str:
    lines: list[str] = []
    for service in DEMO:
        one = declared(service)
        needs = [f"DBR:{name}" for name in sorted(one.depends_on)]
        needs += [f"EVENT:{event}" for event in service.consumes]
        lines.append(f"{service.service_id}:")
        lines += ["  provides:", *(f"    - {item}" for item in sorted(one.provides))]
        lines += ["  depends_on:", *(f"    - {item}" for item in needs)]
        if not needs:
            lines[-1] += " []"
    for external in EXTERNALS:
        lines += [f"{external}:", "  provides:", "    - http", "  depends_on: []"]
    return "\n".join(lines) + "\n"


def _profile() -> str:
    lines = ["# Service deployment profile", "", "| Service | Category | Deployment | Why |"]
    lines.append("|---|---|---|---|")
    for service in DEMO:
        row = (service.service_id, service.category, "**Microservice**", service.purpose)
        lines.append(f"| {' | '.join(row)} |")
    for external in EXTERNALS:
        lines.append(f"| {external} | Legacy | **Monolith** | stays where it is for now |")
    lines += ["", "## Suggested Microservice Clusters", ""]
    for title, domain in TITLES:
        names = (service.service_id for service in DEMO if service.domain == domain)
        lines += [f"### {title}", "", *(f"- {name}" for name in names), ""]
    return "\n".join(lines[:-1]) + "\n"


def _categories() -> str:
    lines = ["version: 1", "allow_missing_ids:", *(f"  - {alias}" for alias in sorted(RETIRED))]
    lines.append("services:")
    replaced = {SUCCESSORS[alias]: RETIRED[alias] for alias in RETIRED}
    for service in DEMO:
        lines += [f"  {service.service_id}:", f'    category: "{service.category}"']
        if service.service_id in replaced:
            lines += ["    supersedes:", f"      - {replaced[service.service_id]}"]
    return "\n".join(lines) + "\n"
