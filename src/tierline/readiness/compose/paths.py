"""Where the paths of a Compose file lead: into the mesh, out of it, onto the host, or elsewhere."""

from __future__ import annotations

from enum import Enum, auto
from posixpath import join, normpath

from tierline.frozen import frozen
from tierline.mesh.compose_file import Reach
from tierline.regex import regex

_REMOTE = regex(r"[A-Za-z][A-Za-z0-9+.-]*://|git@|github\.com/|service:|target:")
_HOST = regex(r"[/~\\]|[A-Za-z]:[\\/]")


class Leads(Enum):
    """Where a path leads."""

    INSIDE = auto()
    OUTSIDE = auto()
    HOST = auto()
    ELSEWHERE = auto()
    """a URL, or the image of another service"""
    UNKNOWN = auto()
    """a variable decides, or what the path is relative to is not in the mesh"""


@frozen
class Way:
    """`path` is relative to the mesh root, "" for the root itself; only for INSIDE."""

    leads: Leads
    path: str = ""


def way(reach: Reach, folder: str) -> Way:
    """Where a path leads that stands in a Compose file of `folder`, relative to the mesh root."""
    base = (
        way(Reach("", reach.base, reach.place), folder) if reach.base else Way(Leads.INSIDE, folder)
    )
    if "$" in reach.text:
        return Way(Leads.UNKNOWN)
    if base.leads is not Leads.INSIDE:
        return Way(Leads.UNKNOWN)
    if _REMOTE.match(reach.text):
        return Way(Leads.ELSEWHERE)
    if _HOST.match(reach.text):
        return Way(Leads.HOST)
    path = normpath(join(base.path or ".", reach.text))
    if path == ".." or path.startswith("../"):
        return Way(Leads.OUTSIDE)
    return Way(Leads.INSIDE, "" if path == "." else path)
