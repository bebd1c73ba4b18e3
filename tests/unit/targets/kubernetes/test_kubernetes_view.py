"""What the objects of a namespace say of services: instances, faults, and what is not done yet."""

from __future__ import annotations

import pytest

from made.pods import IMAGE, KEY, RUNNING, Object, deployment, pod
from tierline.facts.observation import Fault, Phase
from tierline.targets.kubernetes.controllers import fault_of, waits_for
from tierline.targets.kubernetes.faults import PASSING_SECONDS, suspicions
from tierline.targets.kubernetes.pods import instance_of
from tierline.targets.kubernetes.view import View


def view(*items: Object) -> View:
    made = View()
    for item in items:
        assert made.put(item["kind"], item["metadata"]["name"], item) == "M01-Orders"
    return made


def waiting(reason: str, message: str = "") -> Object:
    return {"waiting": {"reason": reason, "message": message}}


def test_a_running_pod_is_an_instance_of_what_was_planned() -> None:
    found = instance_of(pod(state=RUNNING))
    assert (found.id, found.workload, found.phase) == (
        "orders-1/uid-orders-1",
        "api",
        Phase.RUNNING,
    )
    assert (found.revision, found.key) == ("f" * 32, KEY)
    assert found.addresses == {"http": "10.0.0.7:8080"}
    assert found.started_at == 1767225600.0


def test_a_pod_with_another_image_is_of_another_revision() -> None:
    assert instance_of(pod(state=RUNNING, image="evil:1")).revision == "image evil:1"


@pytest.mark.parametrize(
    ("state", "told", "phase", "code", "reason"),
    [
        ({"terminated": {"exitCode": 3, "reason": "Error", "message": "boom"}}, {}, "exited", 3, "boom"),
        ({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, {}, "exited", 137, "OOMKilled"),
        ({"terminated": {"exitCode": 0, "reason": "Completed"}}, {}, "exited", 0, ""),
        (waiting("CrashLoopBackOff", "back-off"),
         {"restarts": 2, "last": {"terminated": {"exitCode": 1, "reason": "Error"}}}, "exited", 1, ""),
        (waiting("ContainerCreating"), {}, "starting", None, "ContainerCreating"),
        (None, {}, "starting", None, ""),
    ],
)  # fmt: skip
def test_where_a_pod_is_in_its_life(
    state: Object | None, told: Object, phase: str, code: int | None, reason: str
) -> None:
    found = instance_of(pod(state=state, **told))
    assert (found.phase, found.exit_code, found.reason) == (phase, code, reason)


def test_a_service_is_settled_when_controllers_and_pods_agree() -> None:
    seen = view(deployment(), pod(state=RUNNING)).seen("M01-Orders", 5.0)
    assert (seen.last_key, seen.fence, seen.settled, seen.waits) == (KEY, 3, True, "")
    assert [one.id for one in seen.instances] == ["orders-1/uid-orders-1"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"observedGeneration": 1}, "its controller has not seen the change yet"),
        ({"updatedReplicas": 0}, "0 of 1 replicas made"),
        ({"replicas": 2}, "1 replicas of before still there"),
        ({"availableReplicas": 0}, "0 of 1 replicas ready"),
    ],
)
def test_what_a_deployment_waits_for(status: Object, words: str) -> None:
    assert waits_for(deployment(**status)) == f"Deployment orders: {words}"


def controller(kind: str, spec: Object, status: Object, generation: int = 1) -> Object:
    return {
        "kind": kind,
        "metadata": {"name": "x", "generation": generation},
        "spec": spec,
        "status": status,
    }


@pytest.mark.parametrize(
    ("kind", "spec", "status", "words"),
    [
        ("StatefulSet", {"replicas": 2}, {"readyReplicas": 2, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"}, "1 of 2 replicas made"),
        ("StatefulSet", {"replicas": 2}, {"readyReplicas": 1, "updatedReplicas": 2, "currentRevision": "a", "updateRevision": "b"}, "1 of 2 replicas ready"),
        ("StatefulSet", {"replicas": 2}, {"readyReplicas": 2, "currentRevision": "b", "updateRevision": "b"}, ""),
        ("StatefulSet", {"replicas": 0}, {"currentRevision": "b", "updateRevision": "b"}, ""),
        ("DaemonSet", {}, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 2, "numberAvailable": 3}, "2 of 3 nodes have it"),
        ("DaemonSet", {}, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 2}, "ready on 2 of 3 nodes"),
        ("DaemonSet", {}, {"desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3}, ""),
        ("Job", {}, {"active": 1}, "it is not complete"),
        ("Job", {}, {"conditions": [{"type": "Complete", "status": "True"}]}, ""),
        ("Job", {"suspend": True}, {}, ""),
    ],
)  # fmt: skip
def test_what_other_controllers_wait_for(
    kind: str, spec: Object, status: Object, words: str
) -> None:
    found = controller(kind, spec, {"observedGeneration": 1, **status})
    assert waits_for(found) == (f"{kind} x: {words}" if words else "")
    if kind != "Job":
        late = controller(kind, spec, {"observedGeneration": 1, **status}, generation=2)
        assert waits_for(late) == f"{kind} x: its controller has not seen the change yet"


def test_a_job_that_failed_is_a_fault() -> None:
    failed = {"type": "Failed", "status": "True", "message": "BackoffLimitExceeded"}
    found = fault_of(controller("Job", {}, {"conditions": [failed]}))
    assert found == Fault("start/job", "Job x: BackoffLimitExceeded")


def test_a_pod_of_before_that_still_runs_is_seen() -> None:
    old = pod("orders-0", RUNNING, key="R-0", ending=True)
    seen = view(deployment(), pod(state=RUNNING), old).seen("M01-Orders", 5.0)
    assert not seen.settled
    assert seen.waits == "pod orders-0 is ending"
    assert [one.key for one in seen.instances] == ["R-0", KEY]


def test_an_effect_counts_when_all_controllers_have_it() -> None:
    other = deployment("orders-worker")
    other["metadata"]["annotations"]["tierline.dev/key"] = "R-0"
    assert view(deployment(), other).seen("M01-Orders", 5.0).last_key == ""


def test_an_effect_counts_when_all_that_it_brought_beside_is_there() -> None:
    controller_, service = deployment(), deployment()
    controller_["metadata"]["annotations"]["tierline.dev/beside"] = "Service/orders Ingress/orders"
    service["kind"] = "Service"
    assert view(controller_, service).seen("M01-Orders", 5.0).last_key == ""
    ingress = {**service, "kind": "Ingress"}
    assert view(controller_, service, ingress).seen("M01-Orders", 5.0).last_key == KEY
    old = {"labels": service["metadata"]["labels"], "name": "orders", "annotations": {}}
    changed = {**ingress, "metadata": old}
    assert view(controller_, service, changed).seen("M01-Orders", 5.0).last_key == ""


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"type": "ReplicaFailure", "status": "True", "message": 'pods "x" is forbidden: exceeded quota: q'}, "start/quota"),
        ({"type": "ReplicaFailure", "status": "True", "message": "denied by policy"}, "start/admission"),
        ({"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}, "start/progress"),
        ({"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}, None),
    ],
)  # fmt: skip
def test_controllers_say_that_they_cannot_go_on(condition: Object, code: str | None) -> None:
    fault = fault_of(deployment(conditions=[condition]))
    assert (fault.code if fault else None) == code


@pytest.mark.parametrize(
    ("state", "code", "patience"),
    [
        (waiting("ErrImagePull", f"{IMAGE}: not found"), "start/image", 0.0),
        (waiting("ImagePullBackOff", "Back-off: 503 Service Unavailable"), "start/image", PASSING_SECONDS),
        (waiting("InvalidImageName"), "start/image", 0.0),
        (waiting("CreateContainerConfigError", 'configmap "x" not found'), "start/config", 0.0),
    ],
)  # fmt: skip
def test_pods_say_that_they_will_never_run(state: Object, code: str, patience: float) -> None:
    found = list(suspicions(pod(state=state)))
    assert [(one.fault.code, one.patience) for one in found] == [(code, patience)]


def test_what_may_pass_counts_when_it_has_stood_for_its_time() -> None:
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                   "message": "0/1 nodes are available"}  # fmt: skip
    made = view(deployment(availableReplicas=0), pod(conditions=[unscheduled]))
    assert made.seen("M01-Orders", 5.0).fault is None
    assert made.due("M01-Orders", 5.0) == 5.0 + PASSING_SECONDS
    expected = Fault("start/unschedulable", "pod orders-1: 0/1 nodes are available")
    assert made.seen("M01-Orders", 5.0 + PASSING_SECONDS).fault == expected
    made.put("Pod", "orders-1", pod(state=RUNNING))
    assert made.seen("M01-Orders", 60.0).fault is None


def test_a_pod_of_before_is_no_fault_of_this_effect() -> None:
    old = pod("orders-0", waiting("InvalidImageName"), key="R-0")
    assert view(deployment(), old).seen("M01-Orders", 5.0).fault is None


def test_what_is_gone_is_gone() -> None:
    made = view(deployment(), pod(state=RUNNING))
    made.put("Pod", "orders-1", None)
    made.put("Deployment", "orders", None)
    assert made.services == frozenset()
    assert made.seen("M01-Orders", 5.0).instances == ()
