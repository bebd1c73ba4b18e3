"""The base images of the bed: what each is made of, packed once into an archive for `docker import`.

They stand in for the images of a registry under the names that Dockerfiles and Compose files have.
What is inside is Debian's: the image called python:3.12-slim has Python 3.11.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from beds.docker.debian import NotMadeError, root_of

SHELL = "busybox-static"
_FORM = 3
"""grows when images are made in another way, so that cached ones are made anew"""


@dataclass(frozen=True)
class Base:
    """An image: Debian packages, then what `fill` adds to the root; `changes` as docker import takes."""

    name: str
    packages: tuple[str, ...]
    without: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    fill: Callable[[Path], None] | None = None
    about: str = ""


def _postgres(root: Path) -> None:
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\npostgres:x:70:70::/data:/bin/sh\n")
    (root / "data").mkdir()
    start = root / "start"
    start.write_text(
        "#!/bin/sh\n"
        "set -e\n"
        "export PATH=/usr/lib/postgresql/15/bin:/bin:/usr/bin PGDATA=/tmp/data\n"
        'test -s "$PGDATA/PG_VERSION" || {\n'
        '  echo "${POSTGRES_PASSWORD:-postgres}" >/tmp/.password\n'
        '  initdb --auth=scram-sha-256 --locale=C -E UTF8 -U "${POSTGRES_USER:-postgres}"'
        " --pwfile=/tmp/.password >/dev/null\n"
        '  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"\n'
        "}\n"
        "exec postgres -c listen_addresses='*' -c jit=off -c unix_socket_directories=/tmp\n"
    )
    start.chmod(0o755)


def _go(root: Path) -> None:
    """The machine's own Go, with the standard library compiled, so that no build does it again."""
    told = subprocess.run(["go", "env", "GOROOT"], capture_output=True, text=True, check=True)
    goroot = root / "usr/local/go"
    origin = told.stdout.strip()
    unread = shutil.ignore_patterns("testdata", "*_test.go")

    def left_out(folder: str, names: list[str]) -> set[str]:
        own = {"test", "api", "doc", "misc"} if folder == origin else set[str]()
        return own | unread(folder, names)

    shutil.copytree(origin, goroot, symlinks=True, ignore=left_out)
    cache = root / "root/.cache/go-build"
    cache.mkdir(parents=True)
    link = root / "usr/bin/go"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to("/usr/local/go/bin/go")
    environment = {
        "PATH": "/usr/local/go/bin:/bin:/usr/bin",
        "HOME": "/root",
        "CGO_ENABLED": "0",
        "GOFLAGS": "-buildvcs=false",
        "GOROOT": "/usr/local/go",
    }
    common = (
        "net/http", "encoding/json", "log/slog", "os/signal", "os/exec", "regexp", "text/template",
        "database/sql", "crypto/ed25519", "encoding/csv", "embed", "flag",
    )  # fmt: skip
    null = root / "dev/null"
    null.parent.mkdir()
    os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    done = subprocess.run(
        ["/usr/sbin/chroot", str(root), "/usr/local/go/bin/go", "build", *common],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    null.unlink()
    if done.returncode:
        raise NotMadeError(f"Go does not build its own library: {done.stderr[-300:]}")


_USER_PYTHON = ('CMD ["python3"]', "ENV PATH=/usr/local/bin:/usr/bin:/bin")
BASES = (
    Base(
        "python:3.12-slim",
        ("python3-minimal", "libpython3.11-stdlib", SHELL),
        changes=_USER_PYTHON,
        about="Python 3.11",
    ),
    Base(
        "redis:7",
        ("redis-server", "redis-tools", SHELL),
        changes=(
            'CMD ["redis-server","--bind","0.0.0.0","--protected-mode","no","--save",""]',
            "USER 999:999",
            "WORKDIR /tmp",
            "ENV PATH=/usr/bin:/bin",
        ),
        about="Redis 7.0",
    ),
    Base(
        "postgres:15",
        ("postgresql-15", SHELL),
        ("libllvm14", "postgresql-common", "postgresql-client-common", "ssl-cert", "locales-all", "locales"),
        ('CMD ["/start"]', "USER 70:70", "WORKDIR /tmp"),
        _postgres,
        "PostgreSQL 15",
    ),
    Base(
        "golang:1.26",
        (SHELL, "libc6"),
        changes=(
            "ENV PATH=/usr/local/go/bin:/bin:/usr/bin",
            "ENV HOME=/root",
            "ENV GOROOT=/usr/local/go",
            "ENV GOFLAGS=-buildvcs=false",
            "ENV GOTOOLCHAIN=local",
            "ENV GOPROXY=off",
        ),
        fill=_go,
        about="the machine's Go",
    ),
)  # fmt: skip


def archive_of(base: Base, cache: Path) -> Path:
    """The archive of a base image's root, made unless the cache has it. NotMadeError.

    One that was made stays until it is removed: newer packages of Debian alone make none anew.
    """
    archive = _place(base, cache)
    if archive.exists():
        return archive
    cache.mkdir(parents=True, exist_ok=True)
    print(f"beds: making image {base.name} of Debian packages (once)", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        root = Path(folder) / "root"
        root.mkdir(mode=0o755)
        root_of(base.packages, base.without, cache / "debs", root)
        if base.fill is not None:
            base.fill(root)
        aside = Path(folder) / "packed"
        with tarfile.open(aside, "w") as tar:
            tar.add(root, arcname=".", filter=_ours_no_more)
        aside.replace(archive)
    return archive


def is_made(base: Base, cache: Path) -> bool:
    """Whether the cache has its archive."""
    return _place(base, cache).exists()


def _place(base: Base, cache: Path) -> Path:
    told = [str(_FORM), base.name, *base.packages, "", *base.without]
    if base.fill is _go:
        told.append(_go_version())
    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
    return cache / f"{base.name.replace(':', '-')}-{digest}.tar"


def _ours_no_more(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Owned by root whoever packs it; data that a program writes belongs to that program."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _go_version() -> str:
    if shutil.which("go") is None:
        raise NotMadeError("there is no go on PATH")
    done = subprocess.run(["go", "version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()
