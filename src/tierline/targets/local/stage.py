"""Copies of what runs, one folder for each service and revision, independent of the checkout.

Layout: `<service>/<revision>/{mesh/...,bin/...,default.yaml,staged.json}`; `mesh/` keeps the same
relative places as the checkout. A folder appears whole by a rename, or not at all. Knows nothing
of how things are built.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from tierline.errors import PermanentError
from tierline.frozen import frozen
from tierline.mesh.event_contract import event_path
from tierline.targets.asking.contracts import Contract
from tierline.targets.keeping import Keeping, newest_first

_MOST_FILES = 50_000
_MOST_BYTES = 2_000_000_000
_LEFT_OUT = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".venv", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
)
_COMPILED = ".pyc"
"""beside its source or instead of it, Python would import it, and no revision covers it"""
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_MANIFEST = "staged.json"
CONTRACT = "openapi"
"""the file with the service's OpenAPI document, in the folder of a revision"""
EVENTS = "events.json"
"""the contracts of the events that it publishes, by path in the mesh"""
_LAST_STARTED = ".last-started"


@frozen
class StagedWorkload:
    """How a workload starts from the staged folder: argv as it is, variables besides the usual."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])


@frozen
class Staged:
    """A staged revision. It holds all that starting it again needs, without today's checkout.

    `declared` are the ports of its configuration; `variables` are those of the mesh, as they were
    planned; `safe_paths` may be asked by GET at any time; `contract` is the path of its OpenAPI
    document in the mesh, "" for none. `publishes` and `hears` are events; None where an older tierline
    did not keep them.
    """

    service_id: str
    revision: str
    path: str
    workloads: tuple[StagedWorkload, ...]
    owners: tuple[str, ...] = ()
    pointed: Mapping[str, str] = field(default_factory=dict[str, str])
    declared: Mapping[str, int] = field(default_factory=dict[str, int])
    serves_http: bool = False
    shown_config: str = ""
    safe_paths: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    contract: str = ""
    publishes: tuple[str, ...] | None = None
    hears: tuple[str, ...] | None = None


class Stages:
    """The staged revisions of one environment."""

    def __init__(self, folder: Path, keeping: Keeping | None = None) -> None:
        self._folder = folder
        self.keeping = keeping or Keeping()
        self._contracts: dict[tuple[str, str], Contract] = {}

    def home(self, service_id: str) -> Path:
        """Where all revisions of a service are."""
        return self._folder / service_id

    def folder(self, service_id: str, revision: str) -> Path:
        """Where a revision is or will be; PermanentError for names that could leave the folder."""
        for name in (service_id, revision):
            if not _SAFE_NAME.fullmatch(name):
                raise PermanentError(
                    f"{name[:80]!r} cannot name a folder",
                    code="build/bad-name",
                    fix="use letters, digits, dots and dashes in service ids",
                )
        return self._folder / service_id / revision

    def find(self, service_id: str, revision: str) -> Staged | None:
        """The staged revision, None if it is not here (any more)."""
        try:
            text = (self.folder(service_id, revision) / _MANIFEST).read_text(encoding="utf-8")
            return _from_json(json.loads(text))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def template(self, staged: Staged) -> str | None:
        """The configuration as its author wrote it, None where the service has none."""
        file = self.folder(staged.service_id, staged.revision) / "default.yaml"
        try:
            return file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def contract(self, staged: Staged) -> Contract | None:
        """The OpenAPI document that a revision was staged with, None where it has none."""
        known = self._contracts.get((staged.service_id, staged.revision))
        if known is None and staged.contract:
            file = self.folder(staged.service_id, staged.revision) / CONTRACT
            with contextlib.suppress(OSError):
                known = Contract(staged.contract, file.read_bytes())
                self._contracts[staged.service_id, staged.revision] = known
        return known

    def events(self, staged: Staged) -> Mapping[str, Contract]:
        """The contracts of its events that a revision was staged with, by event. Reads a file."""
        file = self.folder(staged.service_id, staged.revision) / EVENTS
        try:
            kept: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8"))
            return {
                event: Contract(path, kept[path].encode())
                for event in staged.publishes or ()
                if (path := event_path(event)) in kept
            }
        except (OSError, ValueError, AttributeError):
            return {}

    def begin(self, service_id: str, revision: str) -> Path:
        """An empty folder to fill; what dead processes left behind is removed."""
        home = self.folder(service_id, revision).parent
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in home.glob(".filling-*"):
            if not _alive(left.name):
                shutil.rmtree(left, ignore_errors=True)
        filling = home / f".filling-{os.getpid()}-{secrets.token_hex(4)}"
        filling.mkdir(mode=0o700)
        return filling

    def finish(self, filling: Path, staged: Staged) -> None:
        """Make it available; another process that was faster with the same revision wins."""
        text = json.dumps(asdict(staged), indent=1, sort_keys=True)
        (filling / _MANIFEST).write_text(text, encoding="utf-8")
        final = self.folder(staged.service_id, staged.revision)
        try:
            filling.rename(final)
        except OSError:
            if self.find(staged.service_id, staged.revision) is None:
                shutil.rmtree(final, ignore_errors=True)
                filling.rename(final)
            else:
                shutil.rmtree(filling, ignore_errors=True)
        self._prune(final.parent)

    def started(self, staged: Staged) -> None:
        """Note that this revision was started last, so that it is kept."""
        folder = self.folder(staged.service_id, staged.revision)
        with contextlib.suppress(OSError):
            os.utime(folder)
            write_whole(folder.parent / _LAST_STARTED, staged.revision)

    def _prune(self, home: Path) -> None:
        with contextlib.suppress(OSError):
            last = (home / _LAST_STARTED).read_text() if (home / _LAST_STARTED).exists() else ""
            revisions = newest_first(one for one in home.iterdir() if not one.name.startswith("."))
            surplus = self.keeping.surplus(home.name, [one.name for one in revisions])
            for old in surplus:
                if old != last:
                    shutil.rmtree(home / old, ignore_errors=True)


def copy_folders(root: Path, folders: Iterable[str], into: Path) -> None:
    """Copy folders of the mesh to the same places below `into`.

    Links that stay in the mesh are copied as what they name. Raises PermanentError (`build/escape`,
    `build/too-large`, `build/unreadable`) for anything else than files and folders of the mesh.
    """
    budget = _Budget(root.resolve())
    for folder in folders:
        try:
            _copy(root / folder, into / folder, budget, depth=0)
        except OSError as error:
            raise PermanentError(
                f"{folder} cannot be staged: {error.strerror} ({error.filename})",
                code="build/unreadable",
                fix="make it readable, or make room",
            ) from error


def write_whole(path: Path, text: str) -> None:
    """Replace a file at once: readers see the old text or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


class _Budget:
    def __init__(self, root: Path) -> None:
        self.root, self.files, self.size = root, 0, 0

    def spend(self, path: Path, size: int) -> None:
        self.files, self.size = self.files + 1, self.size + size
        if self.files > _MOST_FILES or self.size > _MOST_BYTES:
            raise PermanentError(
                f"{path}: more than {_MOST_FILES:,} files or {_MOST_BYTES:,} bytes to stage",
                code="build/too-large",
                fix="keep data and build results out of the service's folder",
            )


def _copy(source: Path, target: Path, budget: _Budget, depth: int) -> None:
    if not source.resolve().is_relative_to(budget.root) or depth > 64:
        raise PermanentError(
            f"{source} leads out of the mesh",
            code="build/escape",
            fix="replace the link by a file of the mesh",
        )
    info = source.stat()
    budget.spend(source, info.st_size)
    if stat.S_ISDIR(info.st_mode):
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for child in sorted(source.iterdir()):
            if child.name not in _LEFT_OUT and not child.name.endswith(_COMPILED):
                _copy(child, target / child.name, budget, depth + 1)
    elif stat.S_ISREG(info.st_mode):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(source, target)
        target.chmod(0o600 | (info.st_mode & 0o100))
    else:
        raise PermanentError(
            f"{source} is neither a file nor a folder", code="build/escape", fix="remove it"
        )


def _alive(name: str) -> bool:
    pid = name.split("-")[1]
    return pid.isdecimal() and Path(f"/proc/{pid}").exists()


def _from_json(given: Any) -> Staged:
    workloads = tuple(
        StagedWorkload(one["name"], tuple(one["argv"]), dict(one["env"]))
        for one in given["workloads"]
    )
    return Staged(
        service_id=given["service_id"],
        revision=given["revision"],
        path=given["path"],
        workloads=workloads,
        owners=tuple(given["owners"]),
        pointed=dict(given["pointed"]),
        declared=dict(given["declared"]),
        serves_http=bool(given["serves_http"]),
        shown_config=given["shown_config"],
        safe_paths=tuple(given["safe_paths"]),
        variables=dict(given["variables"]),
        contract=str(given.get("contract", "")),
        publishes=_names(given.get("publishes")),
        hears=_names(given.get("hears")),
    )


def _names(given: Any) -> tuple[str, ...] | None:
    return None if given is None else tuple(str(one) for one in given)
