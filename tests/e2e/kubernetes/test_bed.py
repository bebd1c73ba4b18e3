"""The Kubernetes bed itself: it comes up, does what a cluster does, and leaves nothing behind."""

from __future__ import annotations

from beds import places, processes
from beds.kube import bed

from kubernetes_bed import Cluster, a_bed


def test_a_control_plane_keeps_objects(control_plane: Cluster) -> None:
    with control_plane.namespace() as namespace:
        control_plane.kubectl("create", "configmap", "it", "--from-literal=a=b", "-n", namespace)
        assert control_plane.get("configmap", "it", "-n", namespace)["data"] == {"a": "b"}
        assert control_plane.get("nodes")["items"] == []


def test_control_planes_stand_side_by_side_and_leave_nothing(control_plane: Cluster) -> None:
    with a_bed(bed.Wanted(node=False)) as other:
        assert other.facts["server"] != control_plane.facts["server"]
        assert other.kubectl("get", "--raw", "/readyz") == "ok"
        control_plane.kubectl("create", "namespace", "only-here")
        names = [item["metadata"]["name"] for item in other.get("namespaces")["items"]]
        assert "only-here" not in names
        folder = other.folder
    assert not folder.exists()
    assert list(processes.marked(folder)) == []
    assert control_plane.kubectl("get", "--raw", "/readyz") == "ok"
    assert control_plane.folder in places.beds()
