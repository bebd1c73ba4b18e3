"""The proxy before an API server: each fault is what a client sees of it, and the rest passes."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fault_proxy import FaultProxy, Rule, Storm, Turns, proxied
from fault_proxy.faults import Cut, Garbled, Refused, Reset, Silence, Stale
from fault_proxy.watches import (
    Doubled,
    Dropped,
    Ended,
    Expired,
    Failing,
    OnlyBookmarks,
    Stalled,
    Stream,
    Swapped,
    Watched,
)
from kubernetes_bed import Cluster, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""faults break connections off in the middle, and what held them is collected at any later time"""

NAMESPACES = "/api/v1/namespaces"
MAPS = f"{NAMESPACES}/default/configmaps"
BROKEN = (httpx2.ReadError, httpx2.RemoteProtocolError)
"""a reset under TLS is the one or the other, by whether the TLS library has read since"""


@pytest.fixture
def proxy(control_plane: Cluster, tmp_path: Path) -> Generator[FaultProxy]:
    """A proxy before the control plane, without a script."""
    with proxied(control_plane.api, tmp_path) as proxy:
        yield proxy


@pytest.fixture
def client(proxy: FaultProxy, tmp_path: Path) -> Generator[httpx2.Client]:
    """A client of the proxy that waits two seconds at most."""
    trusted = ssl.create_default_context(cafile=str(tmp_path / "proxy-pki" / "ca.crt"))
    with httpx2.Client(base_url=proxy.server, verify=trusted, timeout=2) as client:
        yield client


def a_map(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "data": {"a": "b"}}


def test_without_a_script_all_passes(proxy: FaultProxy, client: httpx2.Client) -> None:
    names = {item["metadata"]["name"] for item in client.get(NAMESPACES).json()["items"]}
    assert "default" in names
    assert client.post(MAPS, json=a_map("passes")).status_code == 201
    assert client.delete(f"{MAPS}/passes").status_code == 200
    assert (proxy.asked, proxy.happened) == (3, [])


def test_kubectl_works_through_it(proxy: FaultProxy, control_plane: Cluster) -> None:
    words = (f"--kubeconfig={proxy.kubeconfig}", "get", "namespace", "default", "-o", "name")
    assert control_plane.kubectl(*words) == "namespace/default\n"


def test_a_rule_counts_only_what_it_is_for(proxy: FaultProxy, client: httpx2.Client) -> None:
    rule = Rule(Refused(503), target="configmaps", method="GET", skip=1, times=2)
    proxy.script = script = Turns(rule)
    assert script.unmet == [rule]
    assert client.get(NAMESPACES).status_code == 200
    assert [client.get(MAPS).status_code for _ in range(4)] == [200, 503, 503, 200]
    assert script.unmet == []
    assert proxy.happened == [("GET", MAPS, Refused(503))] * 2


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504])
def test_a_refusal_is_told_as_api_servers_do(
    proxy: FaultProxy, client: httpx2.Client, code: int
) -> None:
    proxy.script = Turns(Rule(Refused(code, retry_after=7)))
    answer = client.get(NAMESPACES)
    assert (answer.status_code, answer.json()["code"]) == (code, code)
    assert answer.headers["Retry-After"] == "7"


def test_an_answer_may_be_no_json(proxy: FaultProxy, client: httpx2.Client) -> None:
    proxy.script = Turns(Rule(Garbled()), Rule(Garbled(html=True), skip=1))
    with pytest.raises(ValueError, match=r"JSON|Expecting|Invalid|Unterminated"):
        client.get(NAMESPACES).json()
    assert client.get(NAMESPACES).text.startswith("<html>")


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        (Cut(), httpx2.RemoteProtocolError, True),
        (Reset(), BROKEN, False),
        (Reset(after=True), BROKEN, True),
        (Silence(), httpx2.ReadTimeout, False),
        (Silence(after=True), httpx2.ReadTimeout, True),
    ],
)
def test_a_connection_breaks_before_or_after_the_deed(
    proxy: FaultProxy, client: httpx2.Client, fault: Any, error: Any, *, done: bool
) -> None:
    proxy.script = Turns(Rule(fault, method="POST"))
    with pytest.raises(error):
        client.post(MAPS, json=a_map("broken"))
    assert client.delete(f"{MAPS}/broken").status_code == (200 if done else 404)


def test_connections_are_refused_and_accepted_again(
    proxy: FaultProxy, client: httpx2.Client, tmp_path: Path
) -> None:
    proxy.refuse()
    with pytest.raises(httpx2.ConnectError):
        client.get(NAMESPACES)
    proxy.accept(certificate="expired")
    with pytest.raises(httpx2.ConnectError, match="expired"):
        client.get(NAMESPACES)
    proxy.accept()
    assert client.get(NAMESPACES).status_code == 200


def test_a_read_shows_what_was(proxy: FaultProxy, client: httpx2.Client) -> None:
    before = client.get(MAPS).json()
    client.post(MAPS, json=a_map("newer"))
    proxy.script = Turns(Rule(Stale(), method="GET"))
    assert client.get(MAPS).json() == before
    assert client.get(MAPS).json() != before
    client.delete(f"{MAPS}/newer")


WATCHED: dict[str, tuple[type[Stream], list[str]]] = {
    "all pass": (Stream, ["one", "two", "three"]),
    "one is lost": (Dropped, ["one", "three"]),
    "twice": (Doubled, ["one", "two", "two", "three", "three"]),
    "out of order": (Swapped, ["one", "three", "two"]),
    "only bookmarks": (OnlyBookmarks, ["one"]),
    "silence": (Stalled, ["one"]),
    "the end": (Ended, ["one", "end"]),
    "410": (Expired, ["one", "ERROR 410", "end"]),
    "error": (Failing, ["one", "ERROR 500", "end"]),
}


@pytest.mark.parametrize("name", WATCHED)
def test_a_watch_is_not_what_it_seems(
    proxy: FaultProxy, control_plane: Cluster, client: httpx2.Client, name: str
) -> None:
    stream, expected = WATCHED[name]
    proxy.script = Turns(Rule(Watched(stream, after=1), target="watch"))
    with control_plane.namespace() as namespace, watched(client, namespace) as seen:
        for each in ("one", "two", "three"):
            client.post(f"{NAMESPACES}/{namespace}/configmaps", json=a_map(each))
        wait_for(lambda: len(seen) >= len(expected), seconds=10)
        assert seen == expected


@contextmanager
def watched(client: httpx2.Client, namespace: str) -> Generator[list[str]]:
    """Names of the maps as a watch tells them, from now on; `end` when it ends."""
    seen: list[str] = []
    place = f"{NAMESPACES}/{namespace}/configmaps"
    version = client.get(place).json()["metadata"]["resourceVersion"]
    asked = {
        "watch": "true",
        "resourceVersion": version,
        "fieldSelector": "metadata.name!=kube-root-ca.crt",
    }

    def read() -> None:
        try:
            with client.stream("GET", place, params=asked) as answer:
                for line in answer.iter_lines():
                    event = json.loads(line)
                    told = event["object"]
                    failed = event["type"] == "ERROR"
                    seen.append(f"ERROR {told['code']}" if failed else told["metadata"]["name"])
            seen.append("end")
        except httpx2.HTTPError:
            pass  # nothing came for as long as the client waits

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield seen
    finally:
        reader.join(timeout=10)


def test_a_storm_is_the_same_with_the_same_seed(proxy: FaultProxy, client: httpx2.Client) -> None:
    def statuses() -> list[int]:
        proxy.script = Storm(seed=5, share=0.5, faults=(Refused(500), Refused(429)), most=6)
        return [client.get(NAMESPACES).status_code for _ in range(20)]

    once = statuses()
    assert once == statuses()
    assert sorted(set(once)) == [200, 429, 500]
    assert len([status for status in once if status != 200]) == 6
