"""Kinds of a mesh's own on Kubernetes: when an object of one counts as ready. Knows no cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Final

from tierline.frozen import frozen
from tierline.mesh.source import Source
from tierline.mesh.tomltext import Places

if TYPE_CHECKING:
    from tierline.mesh.settings_table import KindTable

APPLIED: Final = "applied"
"""the word for: there is nothing to wait for"""
BUILT_IN: Final = frozenset({
    "ConfigMap", "CronJob", "DaemonSet", "Deployment", "HorizontalPodAutoscaler", "Ingress", "Job",
    "NetworkPolicy", "PersistentVolumeClaim", "Pod", "PodDisruptionBudget", "Secret", "Service",
    "ServiceAccount", "StatefulSet",
})  # fmt: skip
"""names of kinds that have rules already, or are never applied"""

Claim = Mapping[str, tuple[str, ...]]
"""field of an object, as `status.phase` or `status.conditions[Ready]` -> the values that it may have"""


@frozen
class KindRule:
    """`ready`: all of it has to hold, nothing where it is empty. `failed`: any of it means failure.

    `observed_generation`: its controller says which version of an object it has seen, so that what it
    says of an older one does not count.
    """

    api_version: str
    kind: str
    ready: Claim = field(default_factory=dict[str, tuple[str, ...]])
    failed: Claim = field(default_factory=dict[str, tuple[str, ...]])
    observed_generation: bool = True


def kind_rules(
    tables: Mapping[str, KindTable], source: Source, places: Places
) -> Mapping[str, KindRule]:
    """The rules by `group/version/Kind`; a kind whose name is taken is a defect."""
    found: dict[str, KindRule] = {}
    taken = dict.fromkeys(BUILT_IN, "Kubernetes itself")
    for name, table in tables.items():
        api_version, _, kind = name.rpartition("/")
        if kind in taken:
            message = f"[kubernetes.kinds]: {name} has the name of a {kind} of {taken[kind]}"
            fix = "only one kind of a name can be told apart; drop the table"
            source.defect("value", message, places.of("kubernetes", "kinds", name), fix)
            continue
        taken[kind] = api_version
        ready = table["ready"]
        found[name] = KindRule(
            api_version,
            kind,
            {} if isinstance(ready, str) else _claim(ready),
            _claim(table.get("failed", {})),
            table.get("observed_generation", True),
        )
    return found


def _claim(table: Mapping[str, str | list[str]]) -> Claim:
    return {
        path: (wanted,) if isinstance(wanted, str) else tuple(wanted)
        for path, wanted in table.items()
    }
