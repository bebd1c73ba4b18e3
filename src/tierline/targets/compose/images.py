"""Which image each part of a service runs: named by the caller, built from the mesh, or given by tag.

A tag is resolved once, to the engine's id of the image, and only that is run.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tierline.errors import PermanentError
from tierline.facts.images import Image, bare_name
from tierline.plan.model import PlannedService
from tierline.targets.compose.compose_cli import ComposeCli, Ran
from tierline.targets.compose.engine import Engine
from tierline.targets.compose.model import Part
from tierline.targets.compose.site import Site
from tierline.targets.words import clean

_PULL_SECONDS = 300.0
_SOURCE_LABEL = "org.opencontainers.image.revision"
_NOISE = ("------", "failed to solve", "target ", "Dockerfile:")
Found = tuple[str, bool]
"""the engine's id of an image, and whether it is known to be of the planned source"""


class Images:
    """Of one preparation."""

    def __init__(self, site: Site, cli: ComposeCli, engine: Engine, seconds: float) -> None:
        self._site, self._cli, self._engine = site, cli, engine
        self._seconds = seconds

    async def of(
        self, planned: PlannedService, parts: tuple[Part, ...], project: Mapping[str, Any]
    ) -> Mapping[str, Found]:
        """Part -> image. PermanentError where one cannot be built or had."""
        told: Mapping[str, Any] = project["services"]
        made: dict[str, Found] = {}
        found: dict[str, Found] = {}
        for part in sorted(parts, key=lambda one: not told[one.name].get("build")):
            service = told[part.name]
            name = str(service.get("image") or "")
            given = self._site.images.get(bare_name(name)) if name else None
            if given is not None:
                found[part.name] = await self._given(planned, given)
            elif service.get("build"):
                found[part.name] = await self._built(planned, part, project)
            else:
                found[part.name] = made.get(name) or await self._named(planned, name)
            made.setdefault(name, found[part.name])
        return found

    async def _given(self, planned: PlannedService, image: Image) -> Found:
        """By digest, as the map of images says; one that was built from other source is refused."""
        if image.source and image.source != planned.revision.source_id:
            raise PermanentError(
                f"{planned.service_id}: the image {image.reference} was built from source "
                f"{image.source[:12]}, planned is {planned.revision.source_id[:12]}",
                code="image/other-source",
                fix="build it from this commit, or name the image that was",
            )
        shown = await self._had(image.reference)
        known = image.source == planned.revision.source_id or _says(shown, planned)
        return str(shown["Id"]), known

    async def _named(self, planned: PlannedService, name: str) -> Found:
        shown = await self._had(name)
        return str(shown["Id"]), _says(shown, planned)

    async def _had(self, reference: str) -> Mapping[str, Any]:
        shown = await self._engine.image(reference)
        if shown is None:
            ran = await self._cli.docker(["pull", "--quiet", reference], _PULL_SECONDS)
            shown = await self._engine.image(reference)
            if ran.code or shown is None:
                raise PermanentError(
                    f"image {clean(reference)} is not here and cannot be pulled: {ran.trouble}",
                    code="image/missing",
                    fix="push it, or correct its name",
                )
        return shown

    async def _built(
        self, planned: PlannedService, part: Part, project: Mapping[str, Any]
    ) -> Found:
        tag = f"tierline/{self._site.project}/{part.name}:{planned.revision.id[:32]}".lower()
        shown = await self._engine.image(tag)
        if shown is None:
            await self._build(part, tag, project)
            shown = await self._engine.image(tag)
        if shown is None:
            raise PermanentError(
                f"{part.name}: Compose built it and the engine does not have it",
                code="build/failed",
                fix="let Compose build with the engine that it starts on: see docker buildx ls",
            )
        return str(shown["Id"]), True

    async def _build(self, part: Part, tag: str, project: Mapping[str, Any]) -> None:
        service = project["services"][part.name]
        document = {
            "name": self._site.project,
            "services": {part.name: {"image": tag, "build": service["build"]}},
        }
        with tempfile.TemporaryDirectory(dir=self._site.state) as folder:
            file = Path(folder) / "build.json"
            file.write_text(json.dumps(document), encoding="utf-8")
            words = ["--file", str(file), "build", part.name]
            ran = await self._cli.run(words, self._seconds)
        if ran.code:
            raise PermanentError(
                f"{part.name} cannot be built: {build_trouble(ran)}",
                code="build/failed",
                fix="mend the Dockerfile's step, or what it needs",
            )


def build_trouble(ran: Ran) -> str:
    """What the failing step printed, as one line."""
    lines = [clean(line).strip() for line in (ran.errors + "\n" + ran.output).splitlines()]
    steps = [line.partition(" ")[2] for line in lines if line.startswith("#")]
    texts = [step.partition(" ")[2] for step in steps if step[:1].isdigit()]
    telling = [one for one in texts if one and not one.startswith(_NOISE)]
    errors = [
        one for one in telling if any(word in one for word in ("rror", "undefined", "cannot"))
    ]
    return (errors or telling or [ran.trouble])[-1][:500]


def _says(shown: Mapping[str, Any], planned: PlannedService) -> bool:
    """Whether the image's own label names the planned source."""
    config: Mapping[str, Any] = shown.get("Config") or {}
    labels: Mapping[str, str] = config.get("Labels") or {}
    return labels.get(_SOURCE_LABEL) == planned.revision.source_id
