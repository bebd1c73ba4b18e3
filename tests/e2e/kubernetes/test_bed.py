"""The Kubernetes bed itself: beds stand side by side, and leave nothing behind when they end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from subprocess import DEVNULL

from beds import places, processes
from beds.kube import bed, cgroups
from beds.kube.control_plane import PODS, SERVICES
from beds.kube.images import Image

from kubernetes_bed import Cluster, a_bed, wait_for

from .objects import deployment, service

TOOL = Path(__file__).resolve().parents[3] / "tools" / "beds"


def test_a_control_plane_keeps_objects(control_plane: Cluster) -> None:
    with control_plane.namespace() as namespace:
        control_plane.kubectl("create", "configmap", "it", "--from-literal=a=b", "-n", namespace)
        assert control_plane.get("configmap", "it", "-n", namespace)["data"] == {"a": "b"}
        assert control_plane.get("nodes")["items"] == []


def test_control_planes_stand_side_by_side(control_plane: Cluster) -> None:
    with a_bed(bed.Wanted(node=False)) as other:
        assert other.facts["server"] != control_plane.facts["server"]
        assert other.kubectl("get", "--raw", "/readyz") == "ok"
        control_plane.kubectl("create", "namespace", "only-here")
        names = [item["metadata"]["name"] for item in other.get("namespaces")["items"]]
        assert "only-here" not in names
        folder = other.folder
    assert traces(folder) == []
    assert control_plane.kubectl("get", "--raw", "/readyz") == "ok"


def answers(one: Cluster, place: str) -> bool:
    """Whether a service reaches itself by name: its address works a moment after its pod is ready."""
    return one.kubectl("get", "--raw", place, check=False) == "one\n"


def test_nodes_stand_side_by_side_and_leave_nothing(cluster: Cluster, answering: Image) -> None:
    with a_bed(bed.Wanted()) as other:
        for one in (cluster, other):
            reference = one.push("answering", answering)
            one.apply("default", deployment("one", reference), service("one"))
        for one in (cluster, other):
            one.kubectl("rollout", "status", "deployment/one")
            place = "/api/v1/namespaces/default/services/one:80/proxy/ask?url=http://one/"
            wait_for(partial(answers, one, place))
        folder, link = other.folder, (other.folder / "link").read_text()
        assert traces(folder, link) != []
    assert traces(folder, link) == []
    assert traces(cluster.folder) != []


def test_what_a_killed_starter_left_is_found_and_ended(cluster: Cluster) -> None:
    name = f"killed-{os.getpid()}"
    folder = places.folder_of(name)
    words = [sys.executable, TOOL, "kube", "up", "--name", name]
    with subprocess.Popen(words, stdout=DEVNULL, stderr=DEVNULL) as starter:
        wait_for((folder / "parts" / "kubelet.json").exists)
        starter.kill()
    link = (folder / "link").read_text()
    assert list(processes.marked(folder))
    down = subprocess.run([sys.executable, TOOL, "kube", "down", "--name", name], check=False)
    assert down.returncode == 0
    assert traces(folder, link) == []


def test_a_bed_whose_folder_was_removed_is_ended_by_name(control_plane: Cluster) -> None:
    name = f"lost-{os.getpid()}"
    folder = places.folder_of(name)
    bed.up(name, bed.Wanted(node=False))
    shutil.rmtree(folder, ignore_errors=True)
    assert list(processes.marked(folder))
    down = subprocess.run([sys.executable, TOOL, "kube", "down", "--name", name], check=False)
    assert down.returncode == 0
    assert traces(folder) == []


def traces(folder: Path, link: str = "") -> list[str]:
    """What of a bed is to be seen on this machine, and what no bed may leave on it."""
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    groups = (root / cgroups.name_of(folder)[1:] for root in cgroups.hierarchies())
    fixed = ("/run/netns", "/var/lib/kubelet", "/var/lib/cni")
    places_left = [folder, *groups, *map(Path, fixed)]
    return [
        *(str(place) for place in places_left if place.exists()),
        *(line for line in mounts if str(folder) in line),
        *(rule for rule in rules.splitlines() if any(c in rule for c in ("KUBE", PODS, SERVICES))),
        *(f"process {pid}" for pid in processes.marked(folder)),
        *([link] if link and Path("/sys/class/net", link).exists() else []),
    ]
