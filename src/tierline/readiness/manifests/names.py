"""Names and labels: does every name follow its kind, and is every label one?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierline.mesh.clean import clean
from tierline.mesh.k8s import Manifest
from tierline.mesh.k8s_value import word
from tierline.mesh.node import MapNode, Node, Scalar
from tierline.readiness.manifests.deployed import Deployed, Pods, entries, inner, titled
from tierline.readiness.manifests.reading import is_object
from tierline.regex import regex

LABEL = regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123"""
_PART = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_SUBDOMAIN = regex(rf"{_PART}(\.{_PART})*")
_PORT_NAME = regex(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?")
_VALUE = regex(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
_KEY = regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_DATA_KEY = regex(r"[-._a-zA-Z0-9]{1,253}")
_VARIABLE = regex(r"[^=\x00-\x1f\x7f-\uffff]+")
_PATH_NAME = frozenset({"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"})
"""kinds whose names may have `:` and capitals"""
_AS_LABEL = frozenset({"Service", "Namespace"})
_LONGEST = 253
_LABEL_WORDS = "1 to 63 of a-z, 0-9 and - between them"


def judge_names(deployed: Deployed) -> None:
    """Names of objects, containers, ports, variables and keys; labels and annotations by key."""
    for manifest in filter(is_object, deployed.read.objects):
        _object_name(manifest, deployed)
        metadata = inner(manifest.node, "metadata")
        _labels(metadata, "metadata", manifest, deployed)
        for key in ("data", "stringData", "binaryData"):
            _data_keys(inner(manifest.node, key), key, manifest, deployed)
        for port in entries(inner(manifest.node, "spec"), "ports"):
            name = port.value("name")
            if word(manifest.node, "kind") == "Service" and _wrong(name, LABEL):
                _tell(name, "a port's name", _LABEL_WORDS, manifest, deployed)
    for pods in deployed.pods:
        _of_pods(pods, deployed)


def _object_name(manifest: Manifest, deployed: Deployed) -> None:
    metadata = inner(manifest.node, "metadata")
    kind, name = word(manifest.node, "kind"), word(metadata, "name")
    node = metadata.value("name") if metadata else None
    if not name:
        if not word(metadata, "generateName"):
            message = f"{titled(manifest)}: no `metadata.name`"
            at = metadata or manifest.node
            deployed.tell("missing-key", message, manifest.path, at, "give it a name")
    elif kind in _AS_LABEL:
        if not LABEL.fullmatch(name):
            _tell(node, f"the name of a {kind}", _LABEL_WORDS, manifest, deployed)
    elif kind not in _PATH_NAME and (len(name) > _LONGEST or not _SUBDOMAIN.fullmatch(name)):
        rule = f"1 to {_LONGEST} of a-z, 0-9, - and . that begin and end with a letter or digit"
        _tell(node, f"the name of a {clean(kind)}", rule, manifest, deployed)


def _of_pods(pods: Pods, deployed: Deployed) -> None:
    manifest = pods.manifest
    if pods.controller.kind != "Pod":
        template = inner(manifest.node, "spec", "template", "metadata")
        _labels(template, "spec.template.metadata", manifest, deployed)
    taken: dict[str, int] = {}
    ports: dict[str, int] = {}
    for box in pods.boxes:
        node = box.node.value("name")
        if isinstance(node, Scalar) and node.text in taken:
            message = f"{pods.name}: container {clean(node.text)} again (first in line {taken[node.text]})"
            deployed.tell("duplicate-entry", message, box.path, node, "give each its own name")
        elif _wrong(node, LABEL):
            _tell(node, "a container's name", _LABEL_WORDS, manifest, deployed)
        taken.setdefault(word(box.node, "name"), box.node.line)
        for port in entries(box.node, "ports"):
            name = port.value("name")
            text = word(port, "name")
            if _wrong(name, _PORT_NAME):
                rule = "1 to 15 of a-z, 0-9 and - between them, a letter among them"
                _tell(name, "a port's name", rule, manifest, deployed)
            elif text and text in ports:
                message = f"{pods.name}: port {clean(text)} again (first in line {ports[text]})"
                deployed.tell("duplicate-entry", message, box.path, port, "give each its own name")
            ports.setdefault(text, port.line)
        for variable in entries(box.node, "env"):
            if _wrong(variable.value("name"), _VARIABLE):
                rule = "printable characters of ASCII without ="
                _tell(variable.value("name"), "a variable's name", rule, manifest, deployed)


def _labels(metadata: MapNode | None, where: str, manifest: Manifest, deployed: Deployed) -> None:
    for part in ("labels", "annotations"):
        found = inner(metadata, part)
        for key, field in found.fields.items() if found else ():
            if not _is_key(key):
                message = (
                    f"{titled(manifest)}: {clean(key)} in `{where}.{part}` is no key of a label"
                )
                fix = "write NAME or DOMAIN/NAME, the name 1 to 63 of A-Z, a-z, 0-9, -, _ and ."
                deployed.tell("bad-label", message, manifest.path, field.key, fix)
            elif part == "labels" and _wrong(field.value, _VALUE):
                shown = clean(field.value.text) if isinstance(field.value, Scalar) else ""
                message = f"{titled(manifest)}: {clean(key)}: {shown} is no value of a label"
                fix = "write at most 63 of A-Z, a-z, 0-9, -, _ and . that begin and end with a letter or digit"  # fmt: skip
                deployed.tell("bad-label", message, manifest.path, field.value, fix)


def _data_keys(data: MapNode | None, part: str, manifest: Manifest, deployed: Deployed) -> None:
    if word(manifest.node, "kind") not in {"ConfigMap", "Secret"}:
        return
    for key in _data(data):
        if not _DATA_KEY.fullmatch(key.text):
            rule = "1 to 253 of A-Z, a-z, 0-9, -, _ and ."
            _tell(key, f"a key of `{part}`", rule, manifest, deployed)


def _data(data: MapNode | None) -> Iterator[Scalar]:
    yield from (field.key for field in data.fields.values()) if data else ()


def _is_key(key: str) -> bool:
    domain, slash, name = key.rpartition("/")
    if slash and (len(domain) > _LONGEST or not _SUBDOMAIN.fullmatch(domain)):
        return False
    return _KEY.fullmatch(name) is not None


def _wrong(node: Node | None, pattern: re.Pattern[str]) -> bool:
    """Whether it is a text that does not fit; what is none, the schema tells."""
    return isinstance(node, Scalar) and not node.empty and not pattern.fullmatch(node.text)


def _tell(node: Node | None, what: str, rule: str, manifest: Manifest, deployed: Deployed) -> None:
    shown = clean(node.text) if isinstance(node, Scalar) else ""
    at = node or manifest.node
    message = f"{titled(manifest)}: {shown} cannot be {what}"
    deployed.tell("bad-name", message, manifest.path, at, f"write {rule}")
