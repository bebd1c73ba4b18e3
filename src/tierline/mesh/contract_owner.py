"""Whose contract is it? By the name of its file, its title, or the one service that its words fit."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from tierline.mesh.names import folder_name
from tierline.mesh.owner_keys import match_owner


def api_owner(path: str, title: str, services: Iterable[str], words: str = "") -> str | None:
    """The service that a contract is of; None where nobody, or several, could be meant.

    `words` are what else may fit a service's name, by default those of the file.
    """
    names = tuple(services)
    stem = posixpath.basename(path).rsplit(".", 1)[0]
    folders = {folder_name(name): name for name in names}
    for name in (folders.get(stem, ""), title):
        if name in names:
            return name
    return match_owner(words or stem, names)
