"""Kubernetes beds for tests: one a session, made where the machine can host it; see tools/beds.

Where it cannot, tests are skipped with the reason, and with TIERLINE_TEST_REQUIRE=1 they fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from beds import places
from beds.failure import CannotHostError
from beds.kube import bed
from beds.kube.access import Api
from beds.kube.certificates import Pair
from beds.kube.images import Image
from beds.kube.registry import Registry

REQUIRE = "TIERLINE_TEST_REQUIRE"


@dataclass(frozen=True)
class Cluster:
    """A running bed: its folder, and what `bed.json` says of it."""

    folder: Path
    facts: dict[str, Any]

    @property
    def kubeconfig(self) -> Path:
        """The file of one who may do anything."""
        return Path(self.facts["kubeconfig"])

    @property
    def api(self) -> Api:
        """The API server, as one who may do anything sees it."""
        keys = self.folder / "pki"
        user = Pair(keys / "tierline-admin.crt", keys / "tierline-admin.key")
        return Api(self.facts["server"], keys / "ca.crt", user)

    def kubectl(self, *words: str, given: str | None = None, check: bool = True) -> str:
        """What kubectl prints; `given` goes to its stdin."""
        done = subprocess.run(
            [self.facts["kubectl"], f"--kubeconfig={self.kubeconfig}", *words],
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not check or done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
        return done.stdout

    def get(self, *words: str) -> Any:
        """Objects as the API has them now."""
        return json.loads(self.kubectl("get", *words, "-o", "json"))

    def apply(self, namespace: str, *objects: dict[str, Any]) -> None:
        """Apply objects to a namespace."""
        self.kubectl("apply", "-n", namespace, "-f", "-", given=yaml.safe_dump_all(objects))

    def push(self, name: str, image: Image, tag: str = "") -> str:
        """Push to the bed's registry; the reference by digest, which the node pulls by, too."""
        return Registry(self.facts["registry"]).push(name, image, tag)

    @contextmanager
    def namespace(self) -> Generator[str]:
        """A namespace of one test's own; it is left to the bed to end with."""
        name = f"test-{uuid.uuid4().hex[:8]}"
        self.kubectl("create", "namespace", name)
        try:
            yield name
        finally:
            self.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="session")
def control_plane() -> Generator[Cluster]:
    """A control plane with a registry and no node: objects are kept, pods stay pending."""
    with a_bed(bed.Wanted(node=False)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def cluster() -> Generator[Cluster]:
    """A control plane with a registry, one real node and Prometheus."""
    with a_bed(bed.Wanted(prometheus=True)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def simulated() -> Generator[Cluster]:
    """A control plane with three simulated nodes: pods become ready by rule and answer nothing."""
    with a_bed(bed.Wanted(node=False, simulated=3)) as cluster:
        yield cluster


@contextmanager
def a_bed(wanted: bed.Wanted) -> Generator[Cluster]:
    """A bed of this test process, taken down at the end; what dead test processes left goes first."""
    reason = cannot_have(wanted)
    if reason and os.environ.get(REQUIRE):
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)
    for left in places.abandoned():
        if places.facts(left).get("kind") in {bed.KIND, None}:
            bed.down(left)
    facts = bed.up(f"test-{os.getpid()}-{uuid.uuid4().hex[:4]}", wanted, owner=os.getpid())
    folder = places.folder_of(facts["name"])
    try:
        yield Cluster(folder, facts)
    finally:
        bed.down(folder)


def cannot_have(wanted: bed.Wanted) -> str:
    """Why there can be no such bed now; empty where there can."""
    try:
        missing = bed.missing(wanted)
    except CannotHostError as error:
        return str(error)
    return f"not built yet: {', '.join(missing)}; make beds" if missing else ""


def wait_for(ready: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a fact that others make true."""
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        time.sleep(0.05)
