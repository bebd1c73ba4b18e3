"""Where one tool rolls one mesh out on simulated nodes, and what it is given: objects, order, patience."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import kwok_mesh
import yaml
from kwok_bed import Bed

from tierline.mesh.names import slug


@dataclass(frozen=True)
class Site:
    """`home` is a folder of its own; `patience` how many seconds it may wait for a service."""

    bed: Bed
    namespace: str
    home: Path
    parts: kwok_mesh.Parts
    patience: int

    def texts(self) -> dict[str, str]:
        """The objects of each service, by the name of its Deployment."""
        found: dict[str, str] = {}
        for number, (service_id, part) in enumerate(self.parts.items(), 1):
            name = slug(service_id)
            picture = kwok_mesh.image(name, f"{number:064x}")
            found[name] = yaml.safe_dump_all(kwok_mesh.objects(name, part, picture))
        return found

    def manifests(self) -> dict[str, Path]:
        """One file a service, by its name."""
        folder = self.home / "manifests"
        folder.mkdir()
        found = {name: folder / f"{name}.yaml" for name in self.texts()}
        for name, text in self.texts().items():
            found[name].write_text(text)
        return found

    def owners(self) -> dict[str, list[str]]:
        """By name of manifests."""
        return {slug(name): [slug(one) for one in part.owners] for name, part in self.parts.items()}

    def kubectl(self) -> str:
        """The words of every call."""
        place = f"--kubeconfig={self.bed.kubeconfig} --namespace={self.namespace}"
        return f"{self.bed.facts['kubectl']} {place}"


@dataclass(frozen=True)
class Command:
    """What is run, twice where it was killed."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
