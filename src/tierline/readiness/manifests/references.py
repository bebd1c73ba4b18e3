"""ConfigMaps and Secrets that pods refer to: do they exist, and is no secret written down?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.k8s_value import word
from tierline.mesh.node import Field, MapNode, Scalar
from tierline.mesh.redact import is_secret_name
from tierline.readiness.manifests import scalars
from tierline.readiness.manifests.deployed import Deployed, Pods, entries, inner, titled
from tierline.regex import regex

_PLACEHOLDER = regex(r"\$\{?\w+\}?.*|<[^<>]*>|\{\{.*\}\}|REPLACE.*|CHANGE.?ME", re.IGNORECASE)
_HARMLESS = regex(r"/.*|[a-z][a-z0-9+.-]*://[^@\s]*|true|false|[0-9.]+[a-z]{0,2}", re.IGNORECASE)
"""values of a variable with a secretive name that are none: paths, addresses, numbers, switches"""

_Known = dict[str, frozenset[str] | None]
"""name -> keys, None where they are not known"""


@frozen
class _Named:
    """One reference. `key` "" is the whole; `optional`: pods start without it."""

    kind: str
    name: str
    key: str
    at: Scalar
    optional: bool


def judge_references(deployed: Deployed) -> None:
    """Every reference of every pod, each once for a file and name; then what Secrets hold."""
    maps: _Known = {
        name: None if keys is None else frozenset(keys)
        for name, keys in deployed.cluster.config_maps.items()
    }
    secrets: _Known = dict.fromkeys(deployed.cluster.secrets)
    for one in deployed.read.declared.settings:
        known = maps if one.kind == "ConfigMap" else secrets
        known[one.name] = frozenset(key.name for key in one.keys)
    for pods in deployed.pods:
        told: set[tuple[str, str, str]] = set()
        for named in _references(pods):
            identity = (named.kind, named.name, named.key)
            if named.name and not named.optional and identity not in told:
                told.add(identity)
                _judge(named, pods, secrets if named.kind == "Secret" else maps, deployed)
    _written_down(deployed)


def _judge(
    named: _Named,
    pods: Pods,
    known: _Known,
    deployed: Deployed,
) -> None:
    name = clean(named.name)
    path = pods.manifest.path
    if named.name not in known:
        if named.kind == "Secret":
            message = f"{pods.name} needs Secret {name}, and whether it exists is not known here"
            deployed.tell("secret-expected", message, path, named.at)
        else:
            close = ", ".join(sorted(known)[:5])
            message = f"{pods.name} needs ConfigMap {name}, which is neither here nor in environments/k8s"  # fmt: skip
            fix = f"declare it; there are {clean(close)}" if close else "declare it"
            deployed.tell("no-config-map", message, path, named.at, fix)
        return
    keys = known[named.name]
    if named.key and keys is not None and named.key not in keys:
        message = f"{pods.name} needs key {clean(named.key)} of {named.kind} {name}, which it does not have"  # fmt: skip
        deployed.tell("no-key", message, path, named.at)


def _references(pods: Pods) -> Iterator[_Named]:
    for box in pods.boxes:
        for source in entries(box.node, "envFrom"):
            yield from _named("ConfigMap", inner(source, "configMapRef"))
            yield from _named("Secret", inner(source, "secretRef"))
        for variable in entries(box.node, "env"):
            given = inner(variable, "valueFrom")
            yield from _named("ConfigMap", inner(given, "configMapKeyRef"))
            yield from _named("Secret", inner(given, "secretKeyRef"))
    for volume in entries(pods.spec, "volumes"):
        yield from _named("ConfigMap", inner(volume, "configMap"))
        yield from _named("Secret", inner(volume, "secret"), "secretName")
        for source in entries(inner(volume, "projected"), "sources"):
            yield from _named("ConfigMap", inner(source, "configMap"))
            yield from _named("Secret", inner(source, "secret"))
    for pull in entries(pods.spec, "imagePullSecrets"):
        yield from _named("Secret", pull)


def _named(kind: str, node: MapNode | None, key: str = "name") -> Iterator[_Named]:
    name = None if node is None else node.value(key)
    if node is not None and isinstance(name, Scalar):
        optional = scalars.is_true(node.value("optional"))
        yield _Named(kind, name.text, word(node, "key"), name, optional)
        for item in entries(node, "items"):
            wanted = item.value("key")
            if isinstance(wanted, Scalar):
                yield _Named(kind, name.text, wanted.text, wanted, optional)


def _written_down(deployed: Deployed) -> None:
    """Secrets whose values are in the repository, and values that look like one; never shown."""
    for kind, parts in (("Secret", ("data", "stringData")), ("ConfigMap", ("data",))):
        for manifest in deployed.of(kind):
            for field in (one for part in parts for one in _fields(inner(manifest.node, part))):
                key, value = field.key.text, field.value
                if isinstance(value, Scalar) and _is_secret(
                    key, value.text, surely=kind == "Secret"
                ):
                    message = f"{titled(manifest)}: the value of {clean(key)} is written down"
                    deployed.tell("secret-written-down", message, manifest.path, value)
    for pods in deployed.pods:
        for box in pods.boxes:
            for variable in entries(box.node, "env"):
                name, value = word(variable, "name"), variable.value("value")
                if isinstance(value, Scalar) and _is_secret(name, value.text, surely=False):
                    message = f"{pods.name}: the value of {clean(name)} is written down"
                    deployed.tell("secret-written-down", message, box.path, value)


def _fields(node: MapNode | None) -> tuple[Field, ...]:
    return tuple(node.fields.values()) if node else ()


def _is_secret(name: str, value: str, *, surely: bool) -> bool:
    """Whether a value is one that nobody should see; a Secret holds nothing else."""
    if not value or _PLACEHOLDER.fullmatch(value):
        return False
    return surely or (is_secret_name(name) and not _HARMLESS.fullmatch(value))
