"""Is a controller where its manifest wants it, and does it say that it will never get there?

Pure functions of one object; knows no cluster and no time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tierline.facts.observation import Fault
from tierline.mesh.clean import clean
from tierline.targets.kubernetes.objects import (
    Object,
    conditions_of,
    count_of,
    inside,
    kind_of,
    name_of,
    text_of,
)

_LONGEST = 300


def waits_for(controller: Object) -> str:
    """What a controller is not done with, in words; "" where it is."""
    kind, shown = kind_of(controller), _shown(controller)
    seen = count_of(controller, "status", "observedGeneration")
    if kind != "Job" and seen < count_of(controller, "metadata", "generation", default=1):
        return f"{shown}: its controller has not seen the change yet"
    told = _LEFT[kind](inside(controller, "spec"), inside(controller, "status"))
    return f"{shown}: {told}" if told else ""


def fault_of(controller: Object) -> Fault | None:
    """Why a controller says that it cannot go on; None while it may."""
    conditions, shown = conditions_of(controller), _shown(controller)
    failing = conditions.get("ReplicaFailure", {})
    if text_of(failing, "status") == "True":
        return created_fault(shown, _because(failing))
    progress = conditions.get("Progressing", {})
    if text_of(progress, "reason") == "ProgressDeadlineExceeded":
        return _fault("start/progress", shown, _because(progress))
    failed = conditions.get("Failed", {})
    if kind_of(controller) == "Job" and text_of(failed, "status") == "True":
        return _fault("start/job", shown, _because(failed))
    return None


def _shown(controller: Object) -> str:
    return f"{kind_of(controller)} {clean(name_of(controller))}"


def _because(condition: Object) -> str:
    return text_of(condition, "message") or text_of(condition, "reason") or "no reason given"


def created_fault(shown: str, message: str) -> Fault:
    """The fault of pods that the API server does not let be made."""
    code = "start/quota" if "exceeded quota" in message else "start/admission"
    return _fault(code, shown, message)


def _fault(code: str, shown: str, message: str) -> Fault:
    return Fault(code, f"{shown}: {clean(message, _LONGEST)}")


def _deployment(spec: Object, status: Object) -> str:
    wanted = count_of(spec, "replicas", default=1)
    updated, ready = count_of(status, "updatedReplicas"), count_of(status, "availableReplicas")
    before = count_of(status, "replicas") - updated
    if updated < wanted:
        return f"{updated} of {wanted} replicas made"
    if before > 0:
        return f"{before} replicas of before still there"
    return "" if ready >= wanted else f"{ready} of {wanted} replicas ready"


def _stateful_set(spec: Object, status: Object) -> str:
    wanted = count_of(spec, "replicas", default=1)
    updated, ready = count_of(status, "updatedReplicas"), count_of(status, "readyReplicas")
    same = text_of(status, "currentRevision") == text_of(status, "updateRevision")
    if updated < wanted and not same:
        return f"{updated} of {wanted} replicas made"
    return "" if ready >= wanted else f"{ready} of {wanted} replicas ready"


def _daemon_set(_: Object, status: Object) -> str:
    wanted = count_of(status, "desiredNumberScheduled")
    updated, ready = count_of(status, "updatedNumberScheduled"), count_of(status, "numberAvailable")
    if updated < wanted:
        return f"{updated} of {wanted} nodes have it"
    return "" if ready >= wanted else f"ready on {ready} of {wanted} nodes"


def _job(spec: Object, status: Object) -> str:
    listing: Object = {"status": status}
    done = text_of(conditions_of(listing).get("Complete", {}), "status") == "True"
    return "" if done or spec.get("suspend") is True else "it is not complete"


_LEFT: Mapping[str, Callable[[Object, Object], str]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
}
