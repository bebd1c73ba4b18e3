"""Builds programs from a Go module, each once for one content of the module; knows no program.

The module's folder names the version of everything (go.mod) and its checksums (go.sum). What was
built is kept in the user's cache folder, under a digest of that folder, the flags and Go's version.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from beds.failure import BedError, CannotHostError

CACHE = "TIERLINE_BED_CACHE"
"""the folder of what was built, where it shall not be the user's cache folder"""


@dataclass(frozen=True)
class Module:
    """A Go module: its folder, and the package that each program is built from.

    `ready_made` is the variable that may name a folder of programs to be used instead.
    """

    folder: Path
    packages: Mapping[str, str]
    ldflags: str = "-s -w"
    tags: str = ""
    ready_made: str = ""
    environment: Mapping[str, str] = field(default_factory=lambda: {"CGO_ENABLED": "0"})


def programs(module: Module, names: Iterable[str]) -> dict[str, Path]:
    """Where the programs named are; those that are not built yet are built now, in one go."""
    wanted = list(names)
    found = _ready_made(module, wanted)
    rest = [name for name in wanted if name not in found]
    if rest:
        folder = _built(module, rest)
        found |= {name: folder / name for name in rest}
    return found


def not_built(module: Module, names: Iterable[str]) -> list[str]:
    """The programs that would have to be built now."""
    wanted = list(names)
    found = _ready_made(module, wanted)
    rest = [name for name in wanted if name not in found]
    return _missing(_folder(module), rest) if rest else []


def cache_folder() -> Path:
    """Where beds keep what they built."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get(CACHE) or Path(base) / "tierline" / "beds")


def _ready_made(module: Module, names: list[str]) -> dict[str, Path]:
    given = os.environ.get(module.ready_made) if module.ready_made else None
    if not given:
        return {}
    return {name: Path(given) / name for name in names if os.access(Path(given) / name, os.X_OK)}


def _folder(module: Module) -> Path:
    return cache_folder() / f"{module.folder.name}-{_digest(module)}"


def _built(module: Module, names: list[str]) -> Path:
    folder = _folder(module)
    folder.mkdir(parents=True, exist_ok=True)
    if not _missing(folder, names):
        return folder
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = _missing(folder, names)  # another may have built them while we waited
        if missing:
            _build(module, missing, folder)
    return folder


def _missing(folder: Path, names: Iterable[str]) -> list[str]:
    return [name for name in names if not (folder / name).exists()]


def _build(module: Module, names: list[str], folder: Path) -> None:
    print(f"beds: building {', '.join(names)} (once, minutes)", file=sys.stderr, flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        words = ["go", "build", "-p", "2", "-ldflags", module.ldflags, "-tags", module.tags]
        packages = [module.packages[name] for name in names]
        done = subprocess.run(
            [*words, "-o", f"{unfinished}/", *packages],
            cwd=module.folder,
            env=_environment(module),
            stdout=sys.stderr,
            check=False,
        )
        if done.returncode != 0:
            raise BedError(f"{module.folder}: go build ended with {done.returncode}; see above")
        for name in names:
            (Path(unfinished) / name).replace(folder / name)
    print(f"beds: built in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _environment(module: Module) -> dict[str, str]:
    # A newer toolchain that go.mod asks for comes the way that modules do.
    return {
        **os.environ,
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOTOOLCHAIN": "auto",
        "GOWORK": "off",
        **module.environment,
    }


def _digest(module: Module) -> str:
    if shutil.which("go") is None:
        raise CannotHostError("go is not on PATH: beds are built with it; install Go 1.21 or newer")
    digest = hashlib.sha256(f"{module.ldflags}\0{module.tags}\0{go_version(module)}".encode())
    for file in sorted(module.folder.rglob("*")):
        if file.suffix in {".go", ".mod", ".sum"}:
            digest.update(f"\0{file.relative_to(module.folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def go_version(module: Module) -> str:
    """The toolchain that builds the module: ours, or the newer one that its go.mod asks for."""
    shown = subprocess.run(
        ["go", "env", "GOVERSION"],
        cwd=module.folder,
        env=_environment(module),
        capture_output=True,
        text=True,
        check=False,
    )
    if shown.returncode != 0:
        raise BedError(f"{module.folder}: {shown.stderr.strip()}")
    return shown.stdout.strip()
