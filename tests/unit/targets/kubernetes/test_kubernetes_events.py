"""What events say of objects that do not get on, and of which objects they are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from made.pods import RUNNING, deployment, pod
from tierline.facts.observation import Fault
from tierline.targets.kubernetes.events import fault_in, is_stuck

Object = dict[str, Any]
MAKING: Object = {"waiting": {"reason": "ContainerCreating"}}


def event(
    reason: str, message: str, at: str = "2026-01-01T00:00:10Z", kind: str = "Warning"
) -> Object:
    return {"type": kind, "reason": reason, "message": message, "lastTimestamp": at}


def controller(kind: str, spec: Object, status: Object) -> Object:
    managed = [{"manager": "tierline", "time": "2026-01-01T00:00:05Z"}]
    metadata = {"name": "orders", "managedFields": managed}
    return {"kind": kind, "metadata": metadata, "spec": spec, "status": status}


@pytest.mark.parametrize(
    ("item", "stuck"),
    [
        (pod(state=MAKING), True),
        (pod(state={"waiting": {"reason": "ImagePullBackOff"}}), False),
        (pod(state=RUNNING), False),
        (pod(), False),
        (deployment(replicas=0), False),
        (controller("StatefulSet", {"replicas": 2}, {"replicas": 1}), True),
        (controller("StatefulSet", {"replicas": 2}, {"replicas": 2}), False),
        (controller("DaemonSet", {}, {"desiredNumberScheduled": 1, "currentNumberScheduled": 0}), True),
        (controller("Job", {}, {}), True),
        (controller("Job", {}, {"active": 1}), False),
        (controller("Job", {"suspend": True}, {}), False),
    ],
)  # fmt: skip
def test_events_are_asked_for_where_nothing_else_says_why(item: Object, stuck: bool) -> None:
    assert is_stuck(item) is stuck


def test_the_newest_warning_that_we_know_counts() -> None:
    told = [
        event("FailedMount", 'configmap "a" not found', "2026-01-01T00:00:10Z"),
        event("FailedMount", 'configmap "b" not found', "2026-01-01T00:00:20Z"),
        event("Unhealthy", "readiness probe failed", "2026-01-01T00:00:30Z"),
        event("FailedMount", "it is well", "2026-01-01T00:00:40Z", kind="Normal"),
    ]
    assert fault_in(pod(), told) == Fault("start/volume", 'pod orders-1: configmap "b" not found')
    assert fault_in(pod(), []) is None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('pods "orders-0" is forbidden: exceeded quota: q', "start/quota"),
        ('admission webhook "w" denied the request: no', "start/admission"),
    ],
)
def test_who_may_not_make_pods_is_told_like_a_replica_set(message: str, code: str) -> None:
    item = controller("StatefulSet", {"replicas": 1}, {})
    found = fault_in(item, [event("FailedCreate", message)])
    assert found == Fault(code, f"StatefulSet orders: {message}")


def test_what_was_before_we_applied_is_over() -> None:
    item = controller("StatefulSet", {"replicas": 1}, {})
    assert fault_in(item, [event("FailedCreate", "no", at="2026-01-01T00:00:04Z")]) is None
