"""What is judged of every service of any Compose file: rights, images, and where its paths lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from posixpath import dirname

from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.compose_file import ComposeFile, Part, Reach
from tierline.mesh.defect import Defect, Place
from tierline.readiness.compose.paths import Leads, way

Exists = Callable[[str], bool | None]
"""whether a path of the mesh, relative to its root, is there; None: not for the asker to say"""
_SOCKETS = (".sock",)


@frozen
class Located:
    """A Compose file by its path relative to the mesh root, and the only service that it concerns."""

    path: str
    file: ComposeFile
    service_id: str | None = None

    def defect(self, slug: str, message: str, place: Place, fix: str = "") -> Defect:
        """Something wrong in it."""
        return Defect(f"compose/{slug}", message, place, fix, self.service_id)


def judge_parts(located: Located, exists: Exists) -> Iterator[Defect]:
    """Each service of the file, and what the file reaches for besides."""
    for part in located.file.parts:
        if not (part.image or part.told.built or part.extended or part.rights):
            message = f"{clean(part.name)} has neither an image nor says how to build one"
            yield located.defect("nothing-to-run", message, part.place, "add `image:` or `build:`")
        for right in part.rights:
            message = f"{clean(part.name)} takes {clean(right.text)}"
            yield located.defect("rights", message, right.place)
        yield from _image(part, located)
    of_parts = (reach for part in located.file.parts for reach in part.reaches)
    for reach in (*located.file.reaches, *of_parts):
        yield from _reach(reach, located, exists)


def _image(part: Part, located: Located) -> Iterator[Defect]:
    """An image of somebody else by a tag that moves."""
    if not part.image or part.told.built or "$" in part.image or "@" in part.image:
        return
    name, colon, tag = part.image.rpartition("/")[2].partition(":")
    if not colon or tag == "latest":
        shown = clean(part.told.image or name)
        message = f"{clean(part.name)} runs {shown}, by a tag that moves"
        fix = f"name a version: {clean(name, 40)}:1.2.3"
        yield located.defect("moving-tag", message, part.told.image_place, fix)


def _reach(reach: Reach, located: Located, exists: Exists) -> Iterator[Defect]:
    folder = dirname(located.path)
    leads = way(reach, folder)
    if reach.base and exists(way(Reach("", reach.base, reach.place), folder).path) is False:
        return  # said of the context already
    words = f"{reach.what} {clean(reach.text)}"
    match leads.leads:
        case Leads.OUTSIDE:
            fix = "keep what it names inside the mesh"
            yield located.defect("leaves-mesh", f"{words} leads out of the mesh", reach.place, fix)
        case Leads.HOST if not reach.text.endswith(_SOCKETS):
            fix = "use a named volume, or a path relative to this file"
            yield located.defect("host-path", f"{words} is a path of the host", reach.place, fix)
        case Leads.ELSEWHERE if reach.what in {"build context", "include", "file to extend"}:
            fix = "keep it in the mesh, where a revision covers it"
            yield located.defect("remote", f"{words} is not of this mesh", reach.place, fix)
        case Leads.UNKNOWN if "$" in reach.text:
            message = f"{words}: a variable decides where it leads"
            yield located.defect("variable-path", message, reach.place, "write the path out")
        case Leads.INSIDE if reach.needed and exists(leads.path) is False:
            message = f"{words} does not exist: there is no {clean(leads.path, 200)}"
            yield located.defect("missing-path", message, reach.place, "correct it, or add it")
        case _:
            pass
