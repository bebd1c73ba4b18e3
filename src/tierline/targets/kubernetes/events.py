"""What a cluster's events say against an object's ever getting on; knows no cluster and no time.

Most of why a pod does not run stands in its status. What stands in events only: volumes that cannot be
mounted, sandboxes that cannot be made, and pods that a StatefulSet, DaemonSet or Job may not make.
"""

from __future__ import annotations

from collections.abc import Iterable

from tierline.facts.instant import Instant
from tierline.facts.observation import Fault
from tierline.mesh.clean import clean
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.controllers import created_fault
from tierline.targets.kubernetes.objects import (
    POD,
    Object,
    conditions_of,
    count_of,
    inside,
    instant_of,
    kind_of,
    listed,
    name_of,
    text_of,
)

_LONGEST = 300
_CODES = {
    "FailedMount": "start/volume",
    "FailedAttachVolume": "start/volume",
    "FailedMapVolume": "start/volume",
    "FailedCreatePodSandBox": "start/sandbox",
}
_CREATED = "FailedCreate"
_SAYS_ITSELF = frozenset({"Deployment"})
"""kinds whose status has what their events say"""
_MAKING = frozenset({"ContainerCreating", "PodInitializing"})


def is_stuck(item: Object) -> bool:
    """Whether only events can say why an object does not get on: a pod, or who should make pods."""
    if kind_of(item) == POD.name:
        statuses = listed(item, "status", "initContainerStatuses")
        statuses += listed(item, "status", "containerStatuses")
        reasons = {text_of(inside(one, "state", "waiting"), "reason") for one in statuses}
        return bool(reasons & _MAKING)
    if kind_of(item) in _SAYS_ITSELF:
        return False
    return _made(item) < _wanted(item)


def fault_in(item: Object, events: Iterable[Object]) -> Fault | None:
    """The newest warning about an object that keeps it from getting on, since it was last applied."""
    shown = f"{'pod' if kind_of(item) == POD.name else kind_of(item)} {clean(name_of(item))}"
    since = applied_at(item)
    told = sorted(
        (one for one in events if _counts(one) and at(one) >= since), key=at, reverse=True
    )
    if not told:
        return None
    reason, message = text_of(told[0], "reason"), text_of(told[0], "message")
    if reason == _CREATED:
        return created_fault(shown, message)
    return Fault(_CODES[reason], f"{shown}: {clean(message, _LONGEST)}")


def at(event: Object) -> Instant:
    """When an event was last seen."""
    series = text_of(event, "series", "lastObservedTime")
    return max(
        instant_of(told)
        for told in (
            series,
            text_of(event, "lastTimestamp"),
            text_of(event, "eventTime"),
            text_of(event, "metadata", "creationTimestamp"),
        )
    )


def applied_at(item: Object) -> Instant:
    """When we last applied an object, by the server's clock; 0.0 of what we do not apply."""
    managed = listed(item, "metadata", "managedFields")
    ours = (one for one in managed if text_of(one, "manager") == marks.MANAGER)
    return max((instant_of(text_of(one, "time")) for one in ours), default=0.0)


def _counts(event: Object) -> bool:
    known = text_of(event, "reason") in {*_CODES, _CREATED}
    return text_of(event, "type") == "Warning" and known


def _wanted(controller: Object) -> int:
    match kind_of(controller):
        case "StatefulSet":
            return count_of(controller, "spec", "replicas", default=1)
        case "DaemonSet":
            return count_of(controller, "status", "desiredNumberScheduled")
        case "Job":
            done = text_of(conditions_of(controller).get("Complete", {}), "status") == "True"
            return 0 if done or inside(controller, "spec").get("suspend") is True else 1
        case _:
            return 0


def _made(controller: Object) -> int:
    match kind_of(controller):
        case "StatefulSet":
            return count_of(controller, "status", "replicas")
        case "DaemonSet":
            return count_of(controller, "status", "currentNumberScheduled")
        case _:
            status = inside(controller, "status")
            return sum(count_of(status, key) for key in ("active", "succeeded", "failed"))
