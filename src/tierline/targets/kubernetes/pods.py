"""A pod as an instance of a workload: phase, exit, reason, address; knows no controller and no cluster."""

from __future__ import annotations

from tierline.facts.observation import Instance, Phase
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.objects import (
    Object,
    annotation_of,
    conditions_of,
    container_of,
    count_of,
    inside,
    instant_of,
    label_of,
    listed,
    name_of,
    text_of,
)
from tierline.targets.kubernetes.stamping import instance_id

LONGEST = 300
"""characters of a reason"""


@frozen
class Life:
    """Where a container is in its life."""

    phase: Phase
    reason: str = ""
    exit_code: int | None = None
    started: str = ""
    restarts: int = 0


def instance_of(pod: Object) -> Instance:
    """The instance that a pod is; its revision is what it was started with, if its image is, too."""
    life = life_of(pod)
    return Instance(
        id=id_of(pod),
        workload=label_of(pod, marks.WORKLOAD),
        revision=_revision(pod),
        phase=life.phase,
        exit_code=life.exit_code,
        reason=life.reason,
        restarts=life.restarts,
        key=annotation_of(pod, marks.KEY),
        started_at=instant_of(life.started or text_of(pod, "status", "startTime")),
        addresses=_addresses(pod),
        doubt=clean(annotation_of(pod, marks.DOUBT), LONGEST),
    )


def id_of(pod: Object) -> str:
    """The instance id of a pod."""
    return instance_id(name_of(pod), text_of(pod, "metadata", "uid"))


def is_ending(pod: Object) -> bool:
    """Whether somebody has asked it to end."""
    return text_of(pod, "metadata", "deletionTimestamp") != ""


def is_ready(pod: Object) -> bool:
    """Whether the cluster sends it requests."""
    return text_of(conditions_of(pod).get("Ready", {}), "status") == "True"


def life_of(pod: Object) -> Life:
    """Of the workload's container; one that runs before it and fails decides first."""
    wanted = annotation_of(pod, marks.CONTAINER)
    for one in listed(pod, "status", "initContainerStatuses"):
        early = _life(one)
        if early.phase is Phase.EXITED and early.exit_code not in {0, None}:
            return early
    for one in listed(pod, "status", "containerStatuses"):
        if text_of(one, "name") == wanted:
            return _life(one)
    status = inside(pod, "status")
    if text_of(status, "phase") in {"Failed", "Succeeded"}:
        return Life(Phase.EXITED, _short(text_of(status, "reason"), text_of(status, "message")))
    return Life(Phase.STARTING, waiting_for(pod))


def waiting_for(pod: Object) -> str:
    """Why a pod has not begun to run, as its conditions say."""
    scheduled = conditions_of(pod).get("PodScheduled", {})
    if text_of(scheduled, "status") == "False":
        return _short(text_of(scheduled, "reason"), text_of(scheduled, "message"))
    return ""


def _life(status: Object) -> Life:
    restarts = count_of(status, "restartCount")
    last = inside(status, "lastState", "terminated")
    if running := inside(status, "state", "running"):
        reason = _ended(last) if restarts else ""
        return Life(Phase.RUNNING, reason, started=text_of(running, "startedAt"), restarts=restarts)
    if ended := inside(status, "state", "terminated"):
        return _exited(ended, restarts)
    if last and restarts:
        return _exited(last, restarts)
    waiting = inside(status, "state", "waiting")
    reason = _short(text_of(waiting, "reason"), text_of(waiting, "message"))
    return Life(Phase.STARTING, reason, restarts=restarts)


def _exited(ended: Object, restarts: int) -> Life:
    code = ended.get("exitCode")
    known = code if isinstance(code, int) else None
    return Life(Phase.EXITED, _ended(ended), known, text_of(ended, "startedAt"), restarts)


def _ended(ended: Object) -> str:
    """`OOMKilled`, or what the container left as its last words; an ordinary end has no reason."""
    reason, killed = text_of(ended, "reason"), text_of(ended, "signal")
    if killed:
        reason = reason or f"signal {killed}"
    return _short("" if reason in {"Error", "Completed"} else reason, text_of(ended, "message"))


def _short(reason: str, message: str) -> str:
    both = [clean(part.strip(), LONGEST) for part in (reason, message) if part]
    return ": ".join(both)[:LONGEST]


def _revision(pod: Object) -> str:
    told, planned = annotation_of(pod, marks.REVISION), annotation_of(pod, marks.IMAGE)
    wanted = annotation_of(pod, marks.CONTAINER)
    image = text_of(container_of(pod, wanted), "image")
    return told if image == planned else f"image {clean(image)}"


def _addresses(pod: Object) -> dict[str, str]:
    address, wanted = text_of(pod, "status", "podIP"), annotation_of(pod, marks.CONTAINER)
    ports = listed(container_of(pod, wanted), "ports")
    return {
        text_of(p, "name") or "http": f"{address}:{count_of(p, 'containerPort')}" for p in ports
    }
