"""From rendered objects to those of one effect: its key, its fence, the revision that it brings.

What pods need to say who they are in telemetry is added here, where their author says nothing else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from tierline.frozen import frozen
from tierline.targets.kubernetes import marks
from tierline.targets.kubernetes.objects import (
    Object,
    annotate,
    digest_of_object,
    listed,
    runs_pods,
    template_of,
    text_of,
)

_NAME, _UID = "TIERLINE_POD_NAME", "TIERLINE_POD_UID"
IDENTITY = frozenset({_NAME, _UID})
"""variables of pods that are always ours"""
_RESOURCE = "OTEL_RESOURCE_ATTRIBUTES"
_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@frozen
class Effect:
    """One apply of a service. `otlp` is where its pods send telemetry, "" for what they know themselves.

    `beside` names what it brings beside the controllers, as `Kind/name`.
    """

    service_id: str
    revision: str
    key: str
    fence: int
    otlp: str = ""
    beside: tuple[str, ...] = ()


def instance_id(pod_name: str, uid: str) -> str:
    """How an instance is known: readable, and never used twice."""
    return f"{pod_name}/{uid}"


def stamped(item: Object, effect: Effect) -> Object:
    """The object as it is sent; pods that another effect started are replaced, since the key moved."""
    made = copy.deepcopy(item)
    template = template_of(made)
    if template is not None:
        annotate(template, {marks.KEY: effect.key, marks.REVISION: effect.revision})
        for container in listed(template, "spec", "containers"):
            container["env"] = [*listed(container, "env"), *_identity(container, effect)]
    told = {
        marks.KEY: effect.key,
        marks.REVISION: effect.revision,
        marks.CONTENT: digest_of_object(item),
        marks.FENCE: str(effect.fence),
    }
    if effect.beside and runs_pods(item):
        told[marks.BESIDE] = " ".join(effect.beside)
    annotate(made, told)
    return made


def _identity(container: Object, effect: Effect) -> Iterator[Object]:
    """Variables of OpenTelemetry that name service, revision and pod; none that its author set."""
    own = {text_of(one, "name") for one in listed(container, "env")}
    attributes = (
        f"service.name={effect.service_id},service.version={effect.revision},"
        f"service.instance.id=$({_NAME})/$({_UID})"
    )
    told: list[Object] = [
        {"name": _NAME, "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": _UID, "valueFrom": {"fieldRef": {"fieldPath": "metadata.uid"}}},
        {"name": _RESOURCE, "value": attributes},
    ]
    if effect.otlp:
        told.append({"name": _ENDPOINT, "value": effect.otlp})
    yield from (one for one in told if one["name"] not in own)


def identifies(variable: Object) -> bool:
    """Whether a variable is the one by which we let a pod say in telemetry who it is."""
    return text_of(variable, "name") == _RESOURCE and f"$({_UID})" in text_of(variable, "value")
