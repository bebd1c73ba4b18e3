"""What keeps a pod from ever running, in the words of the cluster; knows no controller and no time.

A fault that may pass by itself has a patience: how many seconds it has to stand before it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierline.facts.observation import Fault
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.targets.kubernetes.objects import (
    Object,
    conditions_of,
    inside,
    listed,
    name_of,
    text_of,
)

PASSING_SECONDS = 5.0
"""nodes get room and registries come back"""
_LONGEST = 300
_IMAGE = frozenset({
    "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "ImageInspectError",
    "RegistryUnavailable",
})  # fmt: skip
_FOR_GOOD = re.compile(
    r"not found|no such|unauthorized|denied|forbidden|invalid|manifest unknown|not present"
    r"|ErrImageNeverPull|does not exist",
    re.IGNORECASE,
)
_CONFIG = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})


@frozen
class Suspicion:
    """A fault that counts once it has stood for `patience` seconds."""

    fault: Fault
    patience: float = 0.0


def suspicions(pod: Object) -> Iterator[Suspicion]:
    """All that a pod's status says against its ever running."""
    shown = f"pod {clean(name_of(pod))}"
    scheduled = conditions_of(pod).get("PodScheduled", {})
    if text_of(scheduled, "reason") == "Unschedulable":
        message = clean(text_of(scheduled, "message"), _LONGEST)
        yield Suspicion(Fault("start/unschedulable", f"{shown}: {message}"), PASSING_SECONDS)
    for key in ("initContainerStatuses", "containerStatuses"):
        for one in listed(pod, "status", key):
            yield from _waiting(shown, text_of(one, "image"), inside(one, "state", "waiting"))


def _waiting(shown: str, image: str, waiting: Object) -> Iterator[Suspicion]:
    reason, message = text_of(waiting, "reason"), text_of(waiting, "message")
    told = clean(f"{reason}: {message}" if message else reason, _LONGEST)
    if reason in _IMAGE:
        lasting = bool(_FOR_GOOD.search(f"{reason} {message}"))
        named = "" if image in message else f" of {clean(image, 150)}"
        fault = Fault("start/image", f"{shown}{named}: {told}")
        yield Suspicion(fault, 0.0 if lasting else PASSING_SECONDS)
    elif reason in _CONFIG:
        yield Suspicion(Fault("start/config", f"{shown}: {told}"))
