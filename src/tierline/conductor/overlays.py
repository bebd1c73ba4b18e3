"""Services' manifests as an environment has them: read, and laid over with its overlay.

Knows where overlays are and how they are built; what they mean to the objects is pure and elsewhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.errors import TierlineError
from tierline.evidence.content import Content
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.k8s import FOLDER, is_manifest
from tierline.targets.kubernetes.objects import Object, kind_of, name_of
from tierline.targets.kubernetes.overlay import (
    ADDED,
    KUSTOMIZATIONS,
    Overlaid,
    marked,
    replaced,
    sorted_out,
    taking_in,
)
from tierline.targets.kubernetes.reading import objects_in
from tierline.targets.kubernetes.rendering import Trouble

if TYPE_CHECKING:
    from tierline.mesh.model import Service
    from tierline.policy.model import Policy

OVERLAYS = "environments/k8s/overlays"
PLACE = OVERLAYS.rpartition("/")[0]
_LARGEST = 1 << 20


@frozen
class Given:
    """The objects of a service, and why some of them cannot be told."""

    objects: tuple[Object, ...]
    troubles: tuple[Trouble, ...] = ()


class Manifests:
    """The manifests of a checkout in one environment; an overlay is built once, when it is needed."""

    def __init__(
        self, root: Path, content: Content, services: Mapping[str, Service], policy: Policy
    ) -> None:
        self._root, self._content, self._services = root, content, services
        named = policy.shipping.overlay
        self._folder = f"{OVERLAYS}/{named or policy.environment}"
        paths = content.files(self._folder)
        self._paths = [path for path in paths if not path.rpartition("/")[2].startswith(".")]
        self._missing = bool(named) and not self._paths
        self._built: Overlaid | Trouble | None = None

    def of(self, service_id: str) -> Given:
        """What the environment has of a service."""
        own = self._own(self._services[service_id])
        if self._missing:
            message = f"the policy names overlay {self._folder}, and it is not there"
            return Given(own.objects, (Trouble("manifest/overlay", message, unknown=True),))
        if not self._paths or own.troubles:
            return own
        overlaid = self._overlaid()
        if isinstance(overlaid, Trouble):
            return Given(own.objects, (overlaid,))
        return Given(overlaid.services.get(service_id, ()))

    @property
    def loose(self) -> tuple[str, ...]:
        """Objects of the overlay that are no service's, and so are not applied."""
        if not self._paths:
            return ()
        overlaid = self._overlaid()
        found = () if isinstance(overlaid, Trouble) else overlaid.loose
        return tuple(sorted(f"{clean(kind_of(one))} {clean(name_of(one))}" for one in found))

    def _own(self, service: Service) -> Given:
        objects: list[Object] = []
        troubles: list[Trouble] = []
        for path in self._files(service):
            if is_manifest(path.removeprefix(f"{service.path}/")) and not _kustomizes(path):
                found = self._objects(path)
                if found is None:
                    troubles.append(Trouble("manifest/unread", f"{path} is no YAML"))
                objects += found or ()
        return Given(tuple(objects), tuple(troubles))

    def _files(self, service: Service) -> tuple[str, ...]:
        return self._content.files(f"{service.path}/{FOLDER}") if service.path else ()

    def _objects(self, path: str) -> tuple[Object, ...] | None:
        content = self._content.read(path, _LARGEST)
        return None if content is None else objects_in(content, path)

    def _overlaid(self) -> Overlaid | Trouble:
        if self._built is None:
            try:
                self._built = self._build()
            except TierlineError as error:
                message = f"overlay {self._folder} cannot be built: {error.message}"
                self._built = Trouble("manifest/overlay", message, unknown=True)
        return self._built

    def _build(self) -> Overlaid | Trouble:
        own = {name: self._own(one).objects for name, one in self._services.items()}
        entry = next((path for path in self._paths if self._is_entry(path)), "")
        if not entry:
            return self._plain(own)
        from tierline.evidence.kustomize import build, kubectl_of  # noqa: PLC0415 - seldom needed

        kubectl = kubectl_of(os.environ, self._root)
        if kubectl is None:
            message = f"overlay {self._folder} has a kustomization, and kubectl is not on PATH"
            return Trouble("manifest/overlay", message, unknown=True)
        files = self._staged()
        taken: frozenset[str] = frozenset()
        if any(b"services/" in files[path] for path in files if _kustomizes(path)):
            taken = frozenset(sorted_out(_read(build(kubectl, self._folder, files))).services)
        left = {name: objects for name, objects in own.items() if name not in taken}
        added = [one for name, objects in left.items() for one in marked(objects, name)]
        if added:
            entered = objects_in(files.get(entry, b""), entry, kustomize=True)
            if entered is None or len(entered) != 1:
                return Trouble("manifest/overlay", f"{entry} is no kustomization", unknown=True)
            files[entry] = json.dumps(taking_in(entered[0])).encode()
            files[f"{self._folder}/{ADDED}"] = _written(added)
        return sorted_out(_read(build(kubectl, self._folder, files)))

    def _is_entry(self, path: str) -> bool:
        return path.removeprefix(f"{self._folder}/") in KUSTOMIZATIONS

    def _plain(self, own: Mapping[str, tuple[Object, ...]]) -> Overlaid | Trouble:
        over: list[Object] = []
        for path in self._paths:
            if path.endswith((".yaml", ".yml", ".json")):
                found = self._objects(path)
                if found is None:
                    return Trouble("manifest/overlay", f"{path} is no YAML", unknown=True)
                over += found
        return replaced(own, over)

    def _staged(self) -> dict[str, bytes]:
        """All that a kustomization may take in; services' manifests with the mark of their service."""
        found: dict[str, bytes] = {}
        for path in self._content.files(PLACE):
            found.update(self._raw(path))
        for service in self._services.values():
            for path in self._files(service):
                objects = None if _kustomizes(path) else self._objects(path)
                if is_manifest(path.removeprefix(f"{service.path}/")) and objects:
                    found[path] = _written(marked(objects, service.service_id))
                else:
                    found.update(self._raw(path))
        return found

    def _raw(self, path: str) -> Mapping[str, bytes]:
        content = self._content.read(path, _LARGEST)
        return {} if content is None else {path: content}


def _kustomizes(path: str) -> bool:
    return path.rpartition("/")[2] in KUSTOMIZATIONS


def _written(objects: Iterable[Object]) -> bytes:
    """JSON is YAML, and says what is text."""
    return "\n---\n".join(json.dumps(one) for one in objects).encode()


def _read(files: Iterable[bytes]) -> Iterator[Object]:
    for content in files:
        yield from objects_in(content, "overlay.yaml") or ()
