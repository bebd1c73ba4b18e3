"""What really happened in a cluster, and whether it was right: from the API server alone, not our journal."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from kubernetes_bed import Cluster

KEY, FENCE, SERVICE = "tierline.dev/key", "tierline.dev/fence", "tierline.dev/service"
KINDS = {
    "Deployment": "/apis/apps/v1/deployments",
    "ReplicaSet": "/apis/apps/v1/replicasets",
    "Pod": "/api/v1/pods",
}
Thing = Mapping[str, Any]


@dataclass
class Record:
    """Every version of every object that was seen, by namespace; versions are of one clock."""

    events: dict[str, list[Thing]] = field(default_factory=dict[str, list[Thing]])
    broken: list[str] = field(default_factory=list[str])
    """why a watch of ours ended, so that nothing is judged on half of it"""

    def take(self, kind: str, event: Thing) -> None:
        """Keep one."""
        item: Thing = {**event["object"], "kind": kind, "event": event["type"]}
        self.events.setdefault(item["metadata"]["namespace"], []).append(item)

    def of(self, namespace: str, kind: str) -> list[Thing]:
        """In the order in which they happened."""
        found = [one for one in self.events.get(namespace, []) if one["kind"] == kind]
        return sorted(found, key=version)


@contextmanager
def recording(cluster: Cluster) -> Generator[Record]:
    """Record all of a cluster while the block lasts."""
    record, over = Record(), threading.Event()
    context = ssl.create_default_context(cafile=str(cluster.api.authority))
    context.load_cert_chain(cluster.api.user.certificate, cluster.api.user.key)
    with httpx2.Client(base_url=cluster.api.server, verify=context, timeout=None) as client:
        readers = [
            threading.Thread(target=_read, args=(client, kind, record, over), daemon=True)
            for kind in KINDS
        ]
        for each in readers:
            each.start()
        yield record
        over.set()
        for each in readers:
            each.join(timeout=30)


def _read(client: httpx2.Client, kind: str, record: Record, over: threading.Event) -> None:
    since = client.get(KINDS[kind], params={"limit": "1"}).json()["metadata"]["resourceVersion"]
    asked = {"watch": "true", "timeoutSeconds": "2"}
    while not over.is_set():
        with client.stream("GET", KINDS[kind], params={**asked, "resourceVersion": since}) as said:
            for line in said.iter_lines():
                event = json.loads(line)
                if event["type"] == "ERROR":
                    record.broken.append(f"{kind}: {line}")
                    return
                since = event["object"]["metadata"]["resourceVersion"]
                record.take(kind, event)


def version(item: Thing) -> int:
    """Of etcd: one count over all kinds."""
    return int(item["metadata"]["resourceVersion"])


def note(item: Thing, name: str) -> str:
    """An annotation."""
    return item["metadata"].get("annotations", {}).get(name, "")


def service(item: Thing) -> str:
    """Whose it is."""
    return item["metadata"].get("labels", {}).get(SERVICE, "")


def violations(record: Record, namespace: str, owners: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Broken invariants of a namespace, each as a sentence; none where all is well."""
    found = [f"the record is not whole: {one}" for one in record.broken]
    deployments = record.of(namespace, "Deployment")
    ready = _first_ready(record.of(namespace, "Pod"))
    for item in _first_of_each_key(deployments):
        found += [
            f"I1: {service(item)} started before its owner {owner} was ready"
            for owner in owners[service(item)]
            if ready.get(owner, version(item)) >= version(item)
        ]
    found += _twice(record.of(namespace, "ReplicaSet"), deployments)
    fences: dict[str, int] = {}
    for item in deployments:
        name, fence = item["metadata"]["name"], int(note(item, FENCE) or 0)
        if fence < fences.get(name, 0):
            found.append(f"I6: {name} was changed under fence {fence} after {fences[name]}")
        fences[name] = fence
    return found


def not_go(cluster: Cluster, namespace: str, services: Mapping[str, tuple[str, ...]]) -> list[str]:
    """I7: what contradicts a GO in what the API server has now; none where all of it runs."""
    found: list[str] = []
    pods = cluster.get("pods", "-n", namespace)["items"]
    by_service = {service(item): item for item in cluster.get("deploy", "-n", namespace)["items"]}
    for name in services:
        deployment = by_service.get(name)
        if deployment is None:
            found.append(f"I7: GO, and {name} is not there")
            continue
        key = note(deployment, KEY)
        own = [one for one in pods if service(one) == name]
        if not own or not all(note(one, KEY) == key and is_ready(one) for one in own):
            found.append(f"I7: GO, and not every pod of {name} is of its effect and ready")
    return found


def is_ready(pod: Thing) -> bool:
    """Whether the cluster would send it requests."""
    conditions = {one["type"]: one["status"] for one in pod.get("status", {}).get("conditions", ())}
    return conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]


def _first_ready(pods: list[Thing]) -> dict[str, int]:
    found: dict[str, int] = {}
    for pod in pods:
        if is_ready(pod):
            found.setdefault(service(pod), version(pod))
    return found


def _first_of_each_key(deployments: list[Thing]) -> list[Thing]:
    found: dict[tuple[str, str], Thing] = {}
    for item in deployments:
        found.setdefault((item["metadata"]["name"], note(item, KEY)), item)
    return list(found.values())


def _twice(sets: list[Thing], deployments: list[Thing]) -> list[str]:
    """I4: an effect makes one set of pods, and there is none that no effect has made."""
    keys: dict[str, set[str]] = {}
    for item in deployments:
        keys.setdefault(item["metadata"]["name"], set()).add(note(item, KEY))
    made: dict[str, set[str]] = {}
    for item in sets:
        owner = item["metadata"]["ownerReferences"][0]["name"]
        made.setdefault(owner, set()).add(item["metadata"]["name"])
    return [
        f"I4: {len(made[name])} sets of pods of {name} by {len(keys.get(name, ()))} effects"
        for name in made
        if len(made[name]) != len(keys.get(name, ()))
    ]
