"""Which declared workload a controller's pods are, and which of their containers; knows no cluster."""

from __future__ import annotations

from tierline.frozen import frozen
from tierline.targets.kubernetes.objects import Object, kind_of, label_of, listed, name_of, text_of

_COMPONENT = "app.kubernetes.io/component"


@frozen
class Running:
    """`workload` "" : the pods are none that the mesh declares, such as a Job before a release."""

    workload: str
    container: str


def running_of(controller: Object, template: Object, workloads: tuple[str, ...]) -> Running:
    """By the name of a container, else by the component label, else by the controller's name.

    Pods that nothing names are the service's api, or its only workload; those of a Job are none.
    """
    names = [text_of(one, "name") for one in listed(template, "spec", "containers")]
    first = names[0] if names else ""
    for name in names:
        if name in workloads:
            return Running(name, name)
    component = label_of(template, _COMPONENT)
    if component in workloads:
        return Running(component, first)
    ending = next((w for w in workloads if name_of(controller).endswith(f"-{w}")), "")
    if ending:
        return Running(ending, first)
    if kind_of(controller) == "Job":
        return Running("", first)
    usual = "api" if "api" in workloads else next(iter(workloads), "")
    return Running(usual, first)
