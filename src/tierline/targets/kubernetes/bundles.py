"""Keeps what was rendered of each service and revision, so that it can be applied and restored.

A file a revision; without today's checkout it holds all that starting it again needs. Objects hold
no secrets: manifests with any were refused.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from pathlib import Path
from typing import Any, cast

from tierline.errors import PermanentError
from tierline.frozen import frozen
from tierline.targets.kubernetes.objects import Object

KEPT = 10
"""revisions of a service that stay available"""
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@frozen
class Bundle:
    """The objects of a revision, the owners that it reads from, what may be asked of it by GET."""

    service_id: str
    revision: str
    objects: tuple[Object, ...]
    owners: tuple[str, ...] = ()
    safe_paths: tuple[str, ...] = ()


class Bundles:
    """The bundles of one environment."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, service_id: str, revision: str) -> Bundle | None:
        """A kept bundle; None where there is none (any more), or names could leave the folder."""
        file = self._file(service_id, revision)
        if file is None:
            return None
        try:
            found: Any = json.loads(file.read_text(encoding="utf-8"))
            return Bundle(
                str(found["service_id"]),
                str(found["revision"]),
                tuple(cast("list[Object]", found["objects"])),
                tuple(found["owners"]),
                tuple(found["safe_paths"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, bundle: Bundle) -> None:
        """Write it whole, or not at all. PermanentError where that cannot be."""
        file = self._file(bundle.service_id, bundle.revision)
        if file is None:
            raise PermanentError(
                f"{bundle.service_id[:80]!r} cannot name a file",
                code="build/bad-name",
                fix="use letters, digits, dots and dashes in service ids",
            )
        document = {
            "service_id": bundle.service_id,
            "revision": bundle.revision,
            "objects": bundle.objects,
            "owners": bundle.owners,
            "safe_paths": bundle.safe_paths,
        }
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        beside.write_text(json.dumps(document), encoding="utf-8")
        beside.replace(file)
        _prune(file.parent)

    def _file(self, service_id: str, revision: str) -> Path | None:
        if _SAFE_NAME.fullmatch(service_id) and _SAFE_NAME.fullmatch(revision):
            return self._folder / service_id / f"{revision}.json"
        return None


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in kept[KEPT:]:
        old.unlink(missing_ok=True)
