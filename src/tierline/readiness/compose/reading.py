"""A service's Compose file, read once, and the little of it that other services must fit with."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from posixpath import dirname

from tierline.mesh.compose import PATH
from tierline.mesh.compose_file import SHARED, ComposeFile, Named, read_compose
from tierline.mesh.defect import Defect, Place
from tierline.mesh.tree import Kind
from tierline.readiness.compose.composition import Composition
from tierline.readiness.compose.paths import Leads, way
from tierline.readiness.facts import ServiceFacts
from tierline.readiness.manifests.asked import asked_of
from tierline.readiness.manifests.between import objects_of

_KEPT = 4
"""services whose file is kept: it is asked for once by itself and once for the mesh"""


def compose_of(facts: ServiceFacts) -> tuple[ComposeFile | None, tuple[Defect, ...]]:
    """The file and what is wrong in it; None and nothing where there is no such file."""
    entry = facts.files.get(PATH)
    if entry is None or entry.kind is Kind.FOLDER:
        return None, ()
    shown, name = facts.shown(PATH), facts.service.service_id
    if entry.content is None:
        message = f"cannot be read: {entry.trouble or 'it is not a regular file that we may read'}"
        fix = "make it a readable file"
        return None, (Defect("compose/unreadable", message, Place(shown), fix, name),)
    return _read(entry.content, shown, name)


@lru_cache(maxsize=_KEPT)
def _read(
    content: bytes, shown: str, service_id: str
) -> tuple[ComposeFile | None, tuple[Defect, ...]]:
    return read_compose(content, shown, service_id)


def composition_of(facts: ServiceFacts) -> Composition:
    """What of a service concerns others; nothing of files that cannot be read."""
    return replace(_composition(facts), objects=objects_of(facts), asked=asked_of(facts))


def _composition(facts: ServiceFacts) -> Composition:
    file, _ = compose_of(facts)
    if file is None:
        return Composition()
    own = {part.name for part in file.parts}
    folder = dirname(f"{facts.service.path}/{PATH}")
    reaches = (*file.reaches, *(reach for part in file.parts for reach in part.reaches))
    ways = ((way(reach, folder), reach) for reach in reaches if reach.needed)
    return Composition(
        parts=tuple(Named(part.name, part.place) for part in file.parts),
        published=tuple(port for part in file.parts for port in part.published if port.port),
        waits_for=tuple(
            name for part in file.parts for name in part.waits_for if name.text not in own
        ),
        uses=tuple(
            (kind, name) for part in file.parts for kind in SHARED for name in part.uses[kind]
        ),
        declares=frozenset((kind, name) for kind in SHARED for name in file.declares[kind]),
        far=tuple(
            (one.path, reach)
            for one, reach in ways
            if one.leads is Leads.INSIDE and not _near(one.path, facts.service.path)
        ),
    )


def _near(path: str, folder: str) -> bool:
    """Whether a path lies in a service's folder or is a folder around it."""
    return not path or f"{path}/".startswith(f"{folder}/") or folder.startswith(f"{path}/")
