"""What other tools rolled out: known again by identity, with what is known of its revision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tierline.facts.observation import Phase
from tierline.targets.kubernetes.foreign import (
    ANOTHER,
    Brought,
    Foreign,
    Runner,
    beyond,
    managers_of,
    settings_at,
)
from tierline.targets.kubernetes.objects import Object, instant_of
from tierline.targets.kubernetes.pods import instance_of
from tierline.targets.kubernetes.view import View

DIGEST = "sha256:" + "ab" * 32
IMAGE = f"registry.example/orders@{DIGEST}"
REVISION = "f" * 32
LABELS = {"tierline.dev/mesh": "shop", "tierline.dev/environment": "eu"}
RUNNER = Runner("M01-Orders", "Deployment", "orders", {"app": "orders"}, "api", "main", IMAGE)
BROUGHT = Brought("M01-Orders", ("argocd",), REVISION)
PLACES = {("Deployment", "orders"): "M01-Orders", ("ConfigMap", "orders"): "M01-Orders"}
FOREIGN = Foreign(LABELS, {"M01-Orders": BROUGHT}, PLACES, (RUNNER,))


def item(kind: str, name: str, **metadata: Any) -> Object:
    return {"kind": kind, "metadata": {"name": name, **metadata}}


def pod(image: str = IMAGE, image_id: str = "", **metadata: Any) -> Object:
    owner = {"kind": "ReplicaSet", "name": "orders-5d4f", "controller": True}
    told = {"labels": {"app": "orders"}, "ownerReferences": [owner], "uid": "u", **metadata}
    status = {
        "name": "main",
        "imageID": image_id,
        "state": {"running": {"startedAt": "2026-01-01T00:00:09Z"}},
    }
    return {
        **item("Pod", "orders-5d4f-x", **told),
        "spec": {"containers": [{"name": "main", "image": image}]},
        "status": {"startTime": "2026-01-01T00:00:05Z", "containerStatuses": [status]},
    }


def test_others_objects_are_seen_like_ours_and_left_as_they_are() -> None:
    there = item("Deployment", "orders", labels={"app": "orders"})
    seen = FOREIGN.known(there)
    assert seen is not None
    assert seen["metadata"]["labels"] == {
        "app": "orders", **LABELS, "tierline.dev/service": "M01-Orders",
    }  # fmt: skip
    assert there["metadata"]["labels"] == {"app": "orders"}


def test_what_is_ours_is_so_and_what_is_nobodys_here_is_not_seen() -> None:
    ours = item("Deployment", "else", labels=LABELS)
    assert FOREIGN.known(ours) == ours
    other = {**LABELS, "tierline.dev/environment": "us"}
    assert FOREIGN.known(item("Deployment", "orders", labels=other)) is None
    assert FOREIGN.known(item("Deployment", "payments")) is None
    assert FOREIGN.known(item("Service", "orders")) is None


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"app": "payments"}},
        {"ownerReferences": []},
        {"ownerReferences": [{"kind": "ReplicaSet", "name": "orders-canary-5d4f", "controller": True}]},
        {"ownerReferences": [{"kind": "Job", "name": "orders", "controller": True}]},
        {"ownerReferences": [{"kind": "ReplicaSet", "name": "orders-5d4f"}]},
    ],
)  # fmt: skip
def test_a_pod_is_a_controllers_by_selector_and_owner(metadata: Object) -> None:
    assert FOREIGN.known(pod(**metadata)) is None


def revision(there: Object, foreign: Foreign = FOREIGN) -> tuple[str, str]:
    seen = foreign.known(there)
    assert seen is not None
    found = instance_of(seen)
    assert (found.workload, found.phase, found.key) == ("api", Phase.RUNNING, "")
    return found.revision, found.doubt


TAGGED = "registry.example/orders:1.0"
OTHER = "sha256:" + "cd" * 32


@pytest.mark.parametrize(
    ("there", "found"),
    [
        (pod(), (REVISION, "")),
        (pod(TAGGED, f"registry.example/orders@{DIGEST}"), (REVISION, "")),
        (pod(TAGGED, f"registry.example/orders@{OTHER}"),
         (ANOTHER, f"image {TAGGED} is sha256:{'cd' * 6} there")),
        (pod(f"registry.example/orders@{OTHER}"),
         ("", f"which image registry.example/orders@{OTHER} stands for there is not known")),
        (pod(TAGGED), ("", f"which image {TAGGED} stands for there is not known")),
    ],
)  # fmt: skip
def test_a_pods_revision_is_told_by_the_digest_that_runs(
    there: Object, found: tuple[str, str]
) -> None:
    assert revision(there) == found


def test_a_pod_from_before_its_settings_is_of_nobody_knows_what() -> None:
    later = replace(RUNNER, settings_at=instant_of("2026-01-01T00:00:06Z"))
    assert revision(pod(), replace(FOREIGN, runners=(later,))) == (
        "",
        "a ConfigMap that it reads was changed after it started",
    )
    sooner = replace(RUNNER, settings_at=instant_of("2026-01-01T00:00:05Z"))
    assert revision(pod(), replace(FOREIGN, runners=(sooner,))) == (REVISION, "")


def test_what_differs_or_cannot_be_told_is_said_of_every_pod() -> None:
    for stands in ((ANOTHER, "ConfigMap orders: data.A"), ("", "Job x cannot be compared: no")):
        brought = replace(BROUGHT, revision=stands[0], why=stands[1])
        later = replace(RUNNER, settings_at=instant_of("2026-01-01T00:00:06Z"))
        known = replace(FOREIGN, services={"M01-Orders": brought}, runners=(later,))
        assert revision(pod(), known) == stands


def test_objects_of_own_kinds_get_the_rule_of_their_manifests() -> None:
    place = ("Widget", "w")
    foreign = replace(FOREIGN, places={place: "M01-Orders"}, rules={place: '{"ready":{}}'})
    seen = foreign.known(item("Widget", "w"))
    assert seen is not None
    assert seen["metadata"]["annotations"] == {"tierline.dev/ready": '{"ready":{}}'}


def test_the_view_has_them_by_service() -> None:
    view = View()
    for one in (item("Deployment", "orders"), pod()):
        view.put(one["kind"], one["metadata"]["name"], FOREIGN.known(one))
    seen = view.seen("M01-Orders", 5.0)
    assert [one.revision for one in seen.instances] == [REVISION]
    assert (seen.last_key, seen.settled) == ("", False)


def test_who_has_brought_an_object() -> None:
    fields = [
        {"manager": "argocd-controller", "operation": "Apply"},
        {"manager": "kube-controller-manager", "subresource": "status"},
        {"manager": "somebody", "subresource": "status"},
        {"manager": "kubectl-edit"},
        {"manager": "argocd-controller", "operation": "Update"},
    ]
    there = item("Deployment", "orders", managedFields=fields)
    assert managers_of(there) == ("argocd-controller", "kubectl-edit")
    assert managers_of(item("Deployment", "orders")) == ()


def test_when_settings_were_last_changed() -> None:
    times = [{"time": "2026-01-01T00:00:05Z"}, {"time": "2026-01-01T00:00:09Z"}, {"time": "?"}]
    maps = [item("ConfigMap", "a", managedFields=times), item("ConfigMap", "b")]
    assert settings_at(maps) == instant_of("2026-01-01T00:00:09Z")
    assert settings_at([]) == 0.0


def test_what_is_there_beyond_the_manifests_is_a_difference() -> None:
    def runs(*boxes: Object) -> Object:
        return {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [*boxes]}}}}

    wanted = runs({"name": "main", "env": [{"name": "A"}], "command": ["x"]})
    more = {"name": "main", "env": [{"name": "A"}, {"name": "B"}], "command": ["x"], "args": ["y"]}
    assert beyond(wanted, wanted) == ()
    assert beyond(wanted, runs(more, {"name": "other"})) == (
        "spec.template.spec.containers[main].args",
        "spec.template.spec.containers[main].env[B]",
        "spec.template.spec.containers[other]",
    )
    there = {"kind": "ConfigMap", "data": {"A": "1", "B": "2"}}
    assert beyond({"kind": "ConfigMap", "data": {"A": "1"}}, there) == ("data.B",)


def test_files_that_others_lay_over_those_of_the_manifests_are_a_difference() -> None:
    def runs(*mounts: Object) -> Object:
        box = {"name": "main", "volumeMounts": [*mounts]}
        return {"kind": "Deployment", "spec": {"template": {"spec": {"containers": [box]}}}}

    own, laid = {"name": "own", "mountPath": "/data"}, {"name": "own", "mountPath": "/app/configs"}
    assert beyond(runs(own), runs(own)) == ()
    assert beyond(runs(own), runs(own, laid)) == (
        "spec.template.spec.containers[main].volumeMounts[/app/configs]",
    )
    there = {"kind": "ConfigMap", "data": {}, "binaryData": {"B": "Mg=="}}
    assert beyond({"kind": "ConfigMap", "data": {}}, there) == ("binaryData.B",)


def test_what_else_changes_how_a_pod_runs_is_a_difference() -> None:
    def runs(box: Object, **pod: object) -> Object:
        spec = {"containers": [{"name": "main", **box}], **pod}
        return {"kind": "Deployment", "spec": {"template": {"spec": spec}}}

    changed = runs(
        {"lifecycle": {"preStop": {}}, "workingDir": "/other", "securityContext": {"runAsUser": 0}},
        hostAliases=[{"ip": "10.0.0.1", "hostnames": ["payments"]}],
        dnsConfig={"searches": ["elsewhere"]},
        hostNetwork=True,
        securityContext={"runAsUser": 0},
    )
    assert beyond(changed, changed) == ()
    assert beyond(runs({}), runs({}, securityContext={}, dnsPolicy="ClusterFirst")) == ()
    pod = "spec.template.spec"
    assert beyond(runs({}), changed) == (
        f"{pod}.containers[main].lifecycle",
        f"{pod}.containers[main].securityContext",
        f"{pod}.containers[main].workingDir",
        f"{pod}.dnsConfig",
        f"{pod}.hostAliases",
        f"{pod}.hostNetwork",
        f"{pod}.securityContext",
    )
