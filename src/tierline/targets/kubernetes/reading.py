"""Reads manifests as kubectl would, into plain objects; judges nothing of them and knows no cluster."""

from __future__ import annotations

from typing import Any

from tierline.mesh.k8s import read_manifests
from tierline.mesh.node import ListNode, MapNode, Node, Scalar
from tierline.mesh.source import Source
from tierline.readiness.manifests.scalars import (
    BOOLEAN,
    INTEGER,
    NOTHING,
    NUMBER,
    integer_of,
    is_true,
    read_as,
)
from tierline.targets.kubernetes.objects import Object

_KUSTOMIZE = "kustomize.config.k8s.io/"


def objects_in(
    content: bytes, shown_path: str, *, kustomize: bool = False
) -> tuple[Object, ...] | None:
    """The objects of a file, what only kustomize reads if asked; None where any of it is no YAML."""
    source = Source(shown_path, "manifests")
    found, _ = read_manifests(content, source)
    if found is None or source.defects:
        return None
    values = (value_of(one.node) for one in found)
    return tuple(
        one
        for one in values
        if kustomize or not str(one.get("apiVersion", "")).startswith(_KUSTOMIZE)
    )


def value_of(node: Node) -> Any:
    """The value that the API server would get from kubectl."""
    if isinstance(node, ListNode):
        return [value_of(item) for item in node.items]
    if isinstance(node, MapNode):
        return {key: value_of(field.value) for key, field in node.fields.items()}
    return _scalar(node)


def _scalar(node: Scalar) -> Any:
    match read_as(node):
        case word if word == NOTHING:
            return None
        case word if word == BOOLEAN:
            return is_true(node)
        case word if word == INTEGER:
            return integer_of(node.text)
        case word if word == NUMBER:
            return float(node.text.replace("_", ""))
        case _:
            return node.text
