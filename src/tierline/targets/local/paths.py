"""Where a local environment keeps its things; knows nothing of what is kept there.

Clones of one mesh share an environment, so the place follows from the mesh's identity and not from
the folder it was cloned into. Without a usable XDG_RUNTIME_DIR sockets and locks are in `run` of
the state folder.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from tierline.errors import UsageError
from tierline.frozen import frozen
from tierline.targets.local.private import private_folder


@frozen
class Folders:
    """The three folders of an environment, all there, 0700 and ours.

    `runtime` holds socket and locks, `state` what must last, `cache` what can be built again and
    is shared by all environments.
    """

    runtime: Path
    state: Path
    cache: Path


def identity(environment: str, root: Path, name: str = "", root_commit: str = "") -> str:
    """The id of (mesh, environment): readable, safe in a path, at most 45 characters.

    The mesh is known by its `name`, else by `root_commit`, else by its real path.
    """
    if name:
        source = f"name:{name}"
    elif root_commit:
        source = f"commit:{root_commit}"
    else:
        source = f"path:{os.path.realpath(root)}"
    shown = re.sub(r"[^a-z0-9]+", "-", (name or "mesh").lower()).strip("-")[:16]
    place = re.sub(r"[^a-z0-9]+", "-", environment.lower()).strip("-")[:16]
    digest = hashlib.sha256(f"{source}\0{environment}".encode()).hexdigest()[:10]
    return "-".join(part for part in (shown, place, digest) if part)


def folders(identity: str, environ: Mapping[str, str]) -> Folders:
    """Make the folders of an environment where they are missing, and check those that exist.

    Raises UsageError without a home (it names the variable to set) and PermanentError for a folder
    that is not ours, that others may enter, or that cannot be made.
    """
    wanted = places(identity, environ)
    for folder in (
        wanted.state.parent,
        wanted.cache,
        wanted.state,
        wanted.runtime.parent,
        wanted.runtime,
    ):
        private_folder(folder)
    return wanted


def places(identity: str, environ: Mapping[str, str]) -> Folders:
    """Where the folders of an environment would be, made or not. UsageError without a home."""
    state = _base(environ, "XDG_STATE_HOME", ".local/state") / "tierline"
    cache = _base(environ, "XDG_CACHE_HOME", ".cache") / "tierline"
    runtime = _absolute(environ.get("XDG_RUNTIME_DIR", ""))
    if runtime is not None and os.access(runtime, os.W_OK):
        return Folders(runtime / "tierline" / identity, state / identity, cache)
    return Folders(state / identity / "run", state / identity, cache)


def state_folder(environ: Mapping[str, str]) -> Path | None:
    """What holds the state of every environment by its id, made or not; None without a home."""
    base = _given(environ, "XDG_STATE_HOME", ".local/state")
    return base / "tierline" if base else None


def _given(environ: Mapping[str, str], variable: str, below_home: str) -> Path | None:
    home = _absolute(environ.get("HOME", ""))
    return _absolute(environ.get(variable, "")) or (home / below_home if home else None)


def _base(environ: Mapping[str, str], variable: str, below_home: str) -> Path:
    given = _given(environ, variable, below_home)
    if given:
        return given
    raise UsageError(
        f"there is no place for state: neither {variable} nor HOME is set",
        code="state/no-home",
        fix=f"set {variable} (or HOME) to a folder you own",
    )


def _absolute(value: str) -> Path | None:
    """Relative values are ignored, as the XDG Base Directory Specification demands."""
    path = Path(value) if value else None
    return path if path and path.is_absolute() else None
