"""The environment's lease as an object of the cluster: who has it, until when, what to write to win it.

Pure. The token is `leaseTransitions`: it grows with every holder and never falls.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.kubernetes.objects import (
    Object,
    annotation_of,
    count_of,
    instant_of,
    text_of,
    version_of,
)
from tierline.targets.protocol import Holder

API = "coordination.k8s.io/v1"
HOLDER = "tierline.dev/holder"
SECONDS = 10.0


@frozen
class Held:
    """A lease as it stands. `seconds` is how long it lasts after `renewed`; 0: it was given back."""

    holder: Holder | None
    token: int
    renewed: Instant
    seconds: float
    version: str

    def ends(self) -> Instant:
        """When it ends, by the clock of whoever renewed it."""
        return self.renewed + self.seconds


def held_of(item: Object) -> Held:
    """What a Lease says; one that others wrote, or that was damaged, has no holder."""
    return Held(
        _holder(annotation_of(item, HOLDER)) if text_of(item, "spec", "holderIdentity") else None,
        count_of(item, "spec", "leaseTransitions"),
        instant_of(text_of(item, "spec", "renewTime")),
        float(count_of(item, "spec", "leaseDurationSeconds")),
        version_of(item),
    )


def lease_of(name: str, holder: Holder | None, token: int, now: Instant, version: str) -> Object:
    """The Lease to write; `version` is that of what it replaces, "" to create it. None gives it back."""
    renewed = dt.datetime.fromtimestamp(now, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    metadata: Object = {"name": name, "annotations": {}}
    spec: Object = {"leaseTransitions": token, "renewTime": renewed, "holderIdentity": ""}
    if holder is not None:
        metadata["annotations"] = {HOLDER: _written(holder)}
        spec |= {"holderIdentity": str(holder), "leaseDurationSeconds": int(SECONDS)}
    if version:
        metadata["resourceVersion"] = version
    return {"apiVersion": API, "kind": "Lease", "metadata": metadata, "spec": spec}


def _written(holder: Holder) -> str:
    return json.dumps({
        "name": holder.name, "host": holder.host, "boot": holder.boot, "pid": holder.pid,
        "started": holder.started, "task": holder.task, "folder": holder.folder,
    })  # fmt: skip


def _holder(text: str) -> Holder | None:
    try:
        found: Any = json.loads(text)
        table: Mapping[str, Any] = found
        return Holder(
            str(table["name"]),
            str(table["host"]),
            str(table["boot"]),
            int(table["pid"]),
            int(table["started"]),
            str(table.get("task", "")),
            str(table.get("folder", "")),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
