"""Where and under what conditions a Compose environment lives, as a value."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path

from tierline.errors import UsageError
from tierline.facts.images import Image
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.targets.keeping import KEPT

SOCKET = Path("/var/run/docker.sock")
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*")


@frozen
class Site:
    """`state` is a folder of ours; `project` what Compose calls the environment.

    `allowed` are the codes of gate `compose` that the policy lets pass, by service (or "" for all).
    `images` are those that the command line names. `now` stamps evidence.
    """

    root: Path
    environment: str
    project: str
    socket: Path
    state: Path
    environ: Mapping[str, str]
    allowed: Callable[[str, str], bool] = lambda _code, _service: False
    images: Mapping[str, Image] = field(default_factory=dict[str, Image])
    now: Callable[[], Instant] = time.time
    kept: int = KEPT
    """revisions of a service that stay available"""


def socket_of(context: str, environ: Mapping[str, str]) -> Path:
    """The engine's socket: what the policy says, else DOCKER_HOST, else Docker's own.

    UsageError for an engine that is not on this host: its containers could not be asked.
    """
    told = context or environ.get("DOCKER_HOST", "") or f"unix://{SOCKET}"
    scheme, _, path = told.rpartition("://")
    if scheme not in {"", "unix"} or not path.startswith("/"):
        where = "context of the environment" if context else "DOCKER_HOST"
        raise UsageError(
            f"{where} is {told}; only engines of this host are conducted, by their unix socket",
            code="usage/engine",
            fix=f"write unix://{SOCKET}",
        )
    return Path(path)


def project_of(namespace: str, identity: str) -> str:
    """The name of the project; UsageError for a namespace that Compose does not take."""
    if namespace and not _PROJECT.fullmatch(namespace):
        raise UsageError(
            f"namespace {namespace} cannot name a Compose project",
            code="usage/namespace",
            fix="use lower-case letters, digits, - and _",
        )
    return namespace or identity
