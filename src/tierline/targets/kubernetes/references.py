"""Which other objects pods read by name; knows no cluster."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.targets.kubernetes.objects import Object, containers_of, listed, text_of


def config_maps(template: Object) -> Iterator[str]:
    """Names of the ConfigMaps that a template's pods read: as variables or mounted."""
    for container in containers_of(template):
        for one in listed(container, "envFrom"):
            yield text_of(one, "configMapRef", "name")
        for one in listed(container, "env"):
            yield text_of(one, "valueFrom", "configMapKeyRef", "name")
    for volume in listed(template, "spec", "volumes"):
        yield text_of(volume, "configMap", "name")
        for one in listed(volume, "projected", "sources"):
            yield text_of(one, "configMap", "name")
