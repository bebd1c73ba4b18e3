"""Makes root file systems out of Debian packages, since a bed can reach no registry of images.

Packages come from the machine's own apt sources, are unpacked and never configured: no script of
theirs runs. What was downloaded and packed is kept in a cache, by package and version.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from beds.failure import BedError

_UNUSED = ("doc", "man", "locale", "info", "lintian", "bug", "bash-completion", "icons", "perl")
_ESSENTIAL_NOWHERE = frozenset({
    "adduser", "debconf", "debianutils", "dpkg", "install-info", "libpam-runtime", "libperl5.36",
    "login", "lsb-base", "netbase", "passwd", "perl", "perl-base", "sysvinit-utils", "tar", "ucf",
    "init-system-helpers", "mime-support", "mailcap", "cdebconf", "base-files", "base-passwd",
})  # fmt: skip
"""dependencies of scripts that never run here"""


class NotMadeError(BedError):
    """An image cannot be made here; the message says why."""


def root_of(packages: Iterable[str], without: Iterable[str], cache: Path, into: Path) -> None:
    """Unpack packages and what they depend on into a folder, without what nobody reads at run time."""
    wanted = _closure(packages, _ESSENTIAL_NOWHERE | frozenset(without))
    for file in _downloaded(wanted, cache):
        _run(["dpkg-deb", "-x", str(file), str(into)])
    for name in _UNUSED:
        shutil.rmtree(into / "usr/share" / name, ignore_errors=True)
    for folder in ("tmp", "etc", "run", "var/tmp"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("tmp", "var/tmp"):
        (into / folder).chmod(0o1777)
    shell = into / "bin/busybox"
    for name in ("sh", "mkdir", "cat", "chown", "test"):
        link = shell.with_name(name)
        if shell.exists() and not link.exists():
            link.symlink_to("busybox")


def _closure(packages: Iterable[str], without: frozenset[str]) -> list[str]:
    """The packages with all that they depend on, but through those of `without`."""
    found: set[str] = set()
    waiting = set(packages) - without
    while waiting:
        found |= waiting
        waiting = set(_dependencies(sorted(waiting))) - found - without
    return sorted(found)


def _dependencies(names: list[str]) -> list[str]:
    told = _run(["apt-cache", "depends", "--important", *names])
    depends = [line.split()[-1] for line in told.splitlines() if "Depends:" in line]
    return [one for one in depends if not one.startswith("<")]


def _downloaded(names: Iterable[str], cache: Path) -> list[Path]:
    cache.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    missing: list[str] = []
    for line in _run(["apt-get", "download", "--print-uris", *names]).splitlines():
        _, _, rest = line.partition("' ")
        file = cache / rest.split()[0]
        files.append(file)
        if not file.exists():
            missing.append(rest.split("_")[0])
    if missing:
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            _run(["apt-get", "download", "-qq", *missing], folder)
            for file in Path(folder).iterdir():
                file.replace(cache / file.name)
    return files


def _run(argv: list[str], folder: str | None = None) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            argv, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
    except FileNotFoundError as error:
        raise NotMadeError(f"there is no {argv[0]} here: Debian packages need apt") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["it says nothing"]
        raise NotMadeError(f"{' '.join(argv[:2])} fails: {last[0]}") from error
    return done.stdout
