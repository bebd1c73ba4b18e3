"""A control plane with simulated nodes for a benchmark, and what really happened in a namespace of it.

What happened is known from the API server: a watch of our own, and its audit log. What a tool says of
itself counts for nothing.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

from beds import places
from beds.kube import bed
from beds.kube.access import Api
from beds.kube.certificates import Pair

_CONTROLLERS = ("kube-", "kwok", "Go-http-client")
"""how clients begin that no tool of ours is"""


@dataclass(frozen=True)
class Bed:
    """A running cluster."""

    folder: Path
    facts: Mapping[str, Any]

    @property
    def kubeconfig(self) -> Path:
        """Of one who may do anything."""
        return Path(self.facts["kubeconfig"])

    def kubectl(self, *words: str, given: str | None = None) -> str:
        """What it prints."""
        argv = [self.facts["kubectl"], f"--kubeconfig={self.kubeconfig}", *words]
        return subprocess.run(
            argv, input=given, capture_output=True, text=True, check=True, timeout=300
        ).stdout

    def client(self) -> httpx2.Client:
        """One that waits for as long as it takes."""
        keys = self.folder / "pki"
        api = Api(
            self.facts["server"],
            keys / "ca.crt",
            Pair(keys / "tierline-admin.crt", keys / "tierline-admin.key"),
        )
        context = ssl.create_default_context(cafile=str(api.authority))
        context.load_cert_chain(api.user.certificate, api.user.key)
        return httpx2.Client(base_url=api.server, verify=context, timeout=None)

    def requests(self, namespace: str) -> Counter[str]:
        """How often tools asked for what in a namespace: verb and resource -> count."""
        found: Counter[str] = Counter()
        with (self.folder / "audit.log").open() as lines:
            for line in lines:
                if namespace in line:
                    event = json.loads(line)
                    about = event.get("objectRef", {})
                    agent = event.get("userAgent", "")
                    if about.get("namespace") == namespace and not _is_ours(agent):
                        found[f"{event['verb']} {about['resource']}"] += 1
        return found

    def took(self, namespace: str) -> dict[str, float]:
        """How long the API server itself was busy with the first apply of each Deployment, in seconds."""
        found: dict[str, float] = {}
        with (self.folder / "audit.log").open() as lines:
            for line in lines:
                if namespace in line and '"patch"' in line:
                    event = json.loads(line)
                    about = event.get("objectRef", {})
                    if (about.get("namespace"), about.get("resource")) == (
                        namespace,
                        "deployments",
                    ):
                        ends = (event["requestReceivedTimestamp"], event["stageTimestamp"])
                        began, ended = (datetime.fromisoformat(one) for one in ends)
                        found.setdefault(about["name"], (ended - began).total_seconds())
        return found


@contextmanager
def a_bed() -> Generator[Bed]:
    """A cluster of this process, down at the end."""
    name = f"bench-{os.getpid()}"
    facts = bed.up(name, bed.Wanted(node=False, simulated=3, audit=True), owner=os.getpid())
    folder = places.folder_of(name)
    try:
        yield Bed(folder, facts)
    finally:
        bed.down(folder)


@dataclass
class Seen:
    """When something of a service was first seen, in seconds of one clock of ours."""

    applied: dict[str, float] = field(default_factory=dict[str, float])
    ready: dict[str, float] = field(default_factory=dict[str, float])
    """its pod was ready"""
    settled: dict[str, float] = field(default_factory=dict[str, float])
    """its Deployment said so: the last fact that anybody waits for"""
    before: list[str] = field(default_factory=list[str])
    """services that were applied while an owner was not ready"""

    def take(self, item: Mapping[str, Any], owners: Mapping[str, Sequence[str]]) -> None:
        """An object of the namespace is so now."""
        now = time.monotonic()
        labels, status = item["metadata"].get("labels", {}), item.get("status", {})
        name = labels.get("app.kubernetes.io/name", "")
        if name not in owners:
            return
        if item["kind"] == "Deployment":
            if name not in self.applied:
                self.applied[name] = now
                self.before += [name] if any(o not in self.ready for o in owners[name]) else []
            if status.get("availableReplicas", 0) > 0:
                self.settled.setdefault(name, now)
        elif any(
            one["type"] == "Ready" and one["status"] == "True"
            for one in status.get("conditions", ())
        ):
            self.ready.setdefault(name, now)

    def delays(
        self, owners: Mapping[str, Sequence[str]], since: Mapping[str, float]
    ) -> dict[str, float]:
        """Of each service with owners: from the last owner's fact to its own apply, in seconds."""
        return {
            name: self.applied[name] - max(since[one] for one in owners[name])
            for name in owners
            if owners[name] and name in self.applied and all(one in since for one in owners[name])
        }


@contextmanager
def a_namespace(where: Bed, owners: Mapping[str, Sequence[str]]) -> Generator[tuple[str, Seen]]:
    """A namespace that is watched; services are known by the names of their Deployments."""
    name, seen, over = f"bench-{uuid.uuid4().hex[:8]}", Seen(), threading.Event()
    where.kubectl("create", "namespace", name)
    with where.client() as client:
        paths = {
            "Deployment": f"/apis/apps/v1/namespaces/{name}/deployments",
            "Pod": f"/api/v1/namespaces/{name}/pods",
        }
        readers = [
            threading.Thread(target=_read, args=(client, kind, path, over, seen, owners))
            for kind, path in paths.items()
        ]
        for each in readers:
            each.start()
        try:
            yield name, seen
        finally:
            over.set()
            where.kubectl("delete", "namespace", name, "--wait=false")
            for each in readers:
                each.join()


def _read(
    client: httpx2.Client,
    kind: str,
    path: str,
    over: threading.Event,
    seen: Seen,
    owners: Mapping[str, Sequence[str]],
) -> None:
    since = client.get(path).json()["metadata"]["resourceVersion"]
    while not over.is_set():
        asked = {"watch": "true", "resourceVersion": since, "timeoutSeconds": "5"}
        for event in _lines(client, path, asked):
            since = event["object"]["metadata"]["resourceVersion"]
            if not over.is_set() and event["type"] != "DELETED":
                seen.take({**event["object"], "kind": kind}, owners)


def _lines(
    client: httpx2.Client, path: str, asked: Mapping[str, str]
) -> Iterator[Mapping[str, Any]]:
    with client.stream("GET", path, params=dict(asked)) as answer:
        for line in answer.iter_lines():
            yield json.loads(line)


def _is_ours(agent: str) -> bool:
    """Whether a controller or this benchmark asked, not a tool."""
    return agent.startswith(_CONTROLLERS) or "python" in agent


def tierline_environment(home: Path, policy: str) -> dict[str, str]:
    """Folders and policy of one run of tierline."""
    for name in ("state", "cache", "run"):
        (home / name).mkdir(mode=0o700, parents=True)
    (home / "policy.toml").write_text(policy)
    return {
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "TIERLINE_POLICY": str(home / "policy.toml"),
        "TIERLINE_ENV": "bed",
    }
