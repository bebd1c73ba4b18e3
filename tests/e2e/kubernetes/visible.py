"""When a fact could first be seen in the API, found out by asking it beside a rollout, and when it was told."""

from __future__ import annotations

import json
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from e2e.kubernetes.shop import Shop

SERVICE = "tierline.dev/service"
EVERY_SECONDS = 0.1
PULL = {"ErrImagePull", "ImagePullBackOff"}
CONFIG = {"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
Thing = Mapping[str, Any]


def statuses(pod: Thing) -> Iterator[Thing]:
    """Of its containers; those of init containers break nothing here."""
    yield from pod["status"].get("containerStatuses", [])


def waits(pod: Thing, reasons: set[str]) -> bool:
    """Whether a container waits for one of these reasons."""
    return any(one["state"].get("waiting", {}).get("reason") in reasons for one in statuses(pod))


def exited(pod: Thing) -> bool:
    """Whether a container has ended with a code of its own."""
    states = [state for one in statuses(pod) for state in (one["state"], one.get("lastState", {}))]
    ends = [state["terminated"] for state in states if "terminated" in state]
    return any(end["exitCode"] and end["reason"] == "Error" for end in ends)


def says(item: Thing, kind: str, reason: str = "") -> bool:
    """Whether an object has this condition, for that reason."""
    found = [one for one in item["status"].get("conditions", []) if one["type"] == kind]
    return any(not reason or one.get("reason") == reason for one in found)


OF_PODS: Mapping[str, Callable[[Thing], bool]] = {
    "start/image": lambda pod: waits(pod, PULL),
    "start/config": lambda pod: waits(pod, CONFIG),
    "boot/exit": exited,
    "start/unschedulable": lambda pod: says(pod, "PodScheduled", "Unschedulable"),
}
OF_DEPLOYMENTS: Mapping[str, Callable[[Thing], bool]] = {
    "start/quota": lambda one: says(one, "ReplicaFailure"),
    "start/progress": lambda one: says(one, "Progressing", "ProgressDeadlineExceeded"),
}
"""code -> whether an object shows what it stands for"""


@dataclass
class Visible:
    """Service (short) and code -> when the fact was first seen, by this machine's clock."""

    since: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])

    def look(self, client: httpx2.Client, namespace: str) -> None:
        """Ask once for everything."""
        pods = self._listed(client, f"/api/v1/namespaces/{namespace}/pods")
        services = {pod["metadata"]["name"]: short(pod) for pod in pods}
        deployments = self._listed(client, f"/apis/apps/v1/namespaces/{namespace}/deployments")
        events = self._listed(client, f"/api/v1/namespaces/{namespace}/events")
        for items, shows in ((pods, OF_PODS), (deployments, OF_DEPLOYMENTS)):
            for item in items:
                for code, holds in shows.items():
                    if holds(item):
                        self._note(short(item), code)
        for event in events:
            if event["reason"] == "FailedMount":
                self._note(services.get(event["involvedObject"]["name"], ""), "start/volume")

    def _note(self, service: str, code: str) -> None:
        self.since.setdefault((service, code), time.time())

    def _listed(self, client: httpx2.Client, path: str) -> list[Thing]:
        return client.get(path).json()["items"]


def short(item: Thing) -> str:
    """The short id of the service that an object belongs to."""
    return str(item["metadata"].get("labels", {}).get(SERVICE, ""))[:3]


@contextmanager
def watched(shop: Shop) -> Generator[Visible]:
    """Ask the API ten times a second while the block lasts."""
    visible, over, api = Visible(), threading.Event(), shop.cluster.api
    context = ssl.create_default_context(cafile=str(api.authority))
    context.load_cert_chain(api.user.certificate, api.user.key)

    def run() -> None:
        with httpx2.Client(base_url=api.server, verify=context) as client:
            while not over.wait(EVERY_SECONDS):
                visible.look(client, shop.namespace)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield visible
    finally:
        over.set()
        thread.join()


def told(shop: Shop) -> dict[tuple[str, str], float]:
    """Service (short) and code -> when the journal first had that verdict."""
    (file,) = (shop.home / "state").rglob("journal.db")
    with closing(sqlite3.connect(file)) as journal:
        rows = journal.execute(
            "select at, body from journal where type='service.judged' order by seq"
        )
        found: dict[tuple[str, str], float] = {}
        for at, text in rows:
            body = json.loads(text)
            if body["verdict"] == "failed":
                found.setdefault((body["service_id"][:3], body["code"]), at)
        return found
