"""Writes the canonical inputs that a mesh's index is generated from; knows no particular mesh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from tierline.frozen import frozen
from tierline.mesh.declared import Declaration
from tierline.mesh.names import short_id

FOLDER = "viralForge/specs"
TITLES = (
    ("Platform Edge and Reliability", "platform-ops"),
    ("Integrations and External Boundaries", "integrations"),
    ("Trust, Compliance, and Risk", "trust-compliance"),
    ("Data, AI, and Decisioning", "data-ai"),
    ("Financial Transaction Rails", "financial-rails"),
    ("Core Platform", "core-platform"),
)
CATEGORIES = {
    "platform-ops": "Operational & Infrastructure",
    "integrations": "Partner & Channel Integration",
    "trust-compliance": "Compliance & Data Governance",
    "data-ai": "AI & Automation",
    "financial-rails": "Financials & Economy",
    "core-platform": "Core Platform & Foundation",
}
"""domain -> the category of the deployment profile that leads to it"""


@frozen
class Canonical:
    """What the inputs say. `externals` are services that are known and no part of the mesh.

    `supersedes` maps a service to the retired service that it took over from.
    """

    services: Sequence[Declaration]
    externals: Sequence[str] = ()
    supersedes: Mapping[str, str] = field(default_factory=dict[str, str])


def canonical_files(inputs: Canonical) -> Iterator[tuple[str, str]]:
    """(path relative to the folder above the mesh, text) of each input."""
    yield f"{FOLDER}/service-architecture-map.yaml", _architecture(inputs)
    yield f"{FOLDER}/dependencies.yaml", _dependencies(inputs)
    yield f"{FOLDER}/service-deployment-profile.md", _profile(inputs)
    yield f"{FOLDER}/service-category-map.yaml", _categories(inputs)


def alias_lineage(inputs: Canonical) -> str:
    """`tooling/manifests/alias-lineage.yaml`: retired service -> its successor."""
    pairs = sorted((old, service_id) for service_id, old in inputs.supersedes.items())
    lines = [f"  {old}: {successor}" for old, successor in pairs]
    return "\n".join(["version: 1", "aliases:" if lines else "aliases: {}", *lines]) + "\n"


def _architecture(inputs: Canonical) -> str:
    lines = ["version: 1", "services:"]
    for service in inputs.services:
        lines += [f"  {service.service_id}:", "    architecture: microservice"]
    for external in inputs.externals:
        lines += [f"  {external}:", "    architecture: monolith"]
    return "\n".join(lines) + "\n"


def _dependencies(inputs: Canonical) -> str:
    lines: list[str] = []
    for service in inputs.services:
        needs = [f"DBR:{name}" for name in sorted(service.depends_on)]
        needs += [f"EVENT:{event}" for event in sorted(service.consumes)]
        lines.append(f"{service.service_id}:")
        lines += _list("provides", sorted(service.provides)) + _list("depends_on", needs)
    for external in inputs.externals:
        lines += [f"{external}:", *_list("provides", ["http"]), *_list("depends_on", [])]
    return "\n".join(lines) + "\n"


def _list(name: str, items: Sequence[str]) -> list[str]:
    return [f"  {name}:", *(f"    - {item}" for item in items)] if items else [f"  {name}: []"]


def _profile(inputs: Canonical) -> str:
    lines = [
        "# Service deployment profile",
        "",
        "| Service | Category | Deployment |",
        "|---|---|---|",
    ]
    lines += [
        f"| {service.service_id} | {CATEGORIES[service.domain]} | **Microservice** |"
        for service in inputs.services
    ]
    lines += [f"| {external} | Legacy | **Monolith** |" for external in inputs.externals]
    lines += ["", "## Suggested Microservice Clusters", ""]
    for title, domain in TITLES:
        names = [one.service_id for one in inputs.services if one.domain == domain]
        lines += [f"### {title}", "", *(f"- {name}" for name in names), ""] if names else []
    return "\n".join(lines[:-1]) + "\n"


def _categories(inputs: Canonical) -> str:
    retired = sorted(short_id(old) for old in inputs.supersedes.values())
    lines = ["version: 1", "allow_missing_ids:" if retired else "allow_missing_ids: []"]
    lines += [*(f"  - {short}" for short in retired), "services:"]
    for service in inputs.services:
        lines += [f"  {service.service_id}:", f'    category: "{CATEGORIES[service.domain]}"']
        if old := inputs.supersedes.get(service.service_id):
            lines += ["    supersedes:", f"      - {old}"]
    return "\n".join(lines) + "\n"
