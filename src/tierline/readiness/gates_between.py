"""Rows of the gates that judge what lies between services: retired ids, events, Compose files."""

from __future__ import annotations

from typing import Final

from tierline.readiness import late
from tierline.readiness.gate import Gate

BETWEEN: Final = (
    Gate(
        "alias-lineage",
        "Retired ids",
        "Whoever still uses a retired id must find its successor.",
        "tooling/manifests/alias-lineage.yaml, else `supersedes` of service-category-map.yaml",
        "Every alias may be missing (allow_missing_ids), and nothing else may but declared "
        "exceptions; no successor may. Every successor exists, and its `supersedes` names the full "
        "id of its alias. No alias is still a service of the index, and none has two successors.",
        late.judge("alias_lineage", "judge_alias_lineage"),
    ),
    Gate(
        "event-contracts",
        "Event contracts",
        "Producer and consumers of an event agree on nothing but its contract.",
        "contracts/events/*.json and the index; for producers outside the mesh also "
        "service-architecture-map.yaml",
        "Every event file is JSON, of the event that it is named after, with a version and a "
        "producer that provides the event by the index. Its payload_schema is a JSON Schema of its "
        "draft, and its references lead somewhere in the mesh; nothing is fetched. Events with "
        "several producers, from outside the mesh or without a contract are named, as are "
        "contracts that nobody uses.",
        late.judge("event_contracts", "judge_event_contracts"),
    ),
    Gate(
        "compose",
        "Compose files",
        "A file that does not parse, or reaches outside the mesh, stops a release half way.",
        "deploy/compose/service.compose.yaml of every service, environments/compose/*.yaml",
        "Every file fits the Compose specification (its own JSON Schema); builds from a context "
        "and a Dockerfile that exist; names no path outside the mesh and takes no right over its "
        "host; has a health check, ports that the service listens on, and images by a version. "
        "Networks, volumes and services that it names exist; no two services publish one port or "
        "have one name; docker-compose.services.yaml has every service.",
        late.judge("compose.between", "judge_compose"),
        late.judge("compose.service", "judge_compose_of_service"),
    ),
)
