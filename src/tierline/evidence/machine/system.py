"""What the kernel tells of this machine: limits, memory, who listens where, time."""

from __future__ import annotations

import contextlib
import os
import platform
import resource
import socket
from collections.abc import Iterable
from pathlib import Path

from tierline.facts.machine import Limits, Taken

_CGROUP = Path("/sys/fs/cgroup")
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LISTEN = "0A"
_SECONDS = 1.0
_FIRST_PORT, _LAST_PORT = 20_000, 32_767


def system() -> str:
    """`Linux 6.8.0`."""
    return f"{platform.system()} {platform.release()}"


def lacks() -> tuple[str, ...]:
    """What local services need of the system and is not there."""
    return (
        *(() if platform.system() == "Linux" else ("Linux",)),
        *(() if Path("/proc/self/stat").exists() else ("/proc",)),
        *(() if _pidfd() else ("pidfd_open",)),
    )


def _pidfd() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (OSError, AttributeError):
        return False
    return True


def limits() -> Limits:
    """Of this process, its user and its cgroup."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = [n for n in (_pids_left(), _user_left()) if n is not None]
    running = _running()
    return Limits(
        descriptors=_finite(soft),
        most_descriptors=_finite(hard),
        processes=running + min(most) if most else None,
        running=running,
        memory=_memory(),
    )


def _finite(limit: int) -> int | None:
    return None if limit == resource.RLIM_INFINITY else limit


def _running() -> int:
    """Threads of this user: what RLIMIT_NPROC counts."""
    count = 0
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if path.stat().st_uid == os.getuid():
                count += len(os.listdir(path / "task"))  # noqa: PTH208 - names suffice
    return count


def _user_left() -> int | None:
    """How many more the user's limit allows; it does not bind root."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if soft == resource.RLIM_INFINITY or os.geteuid() == 0:
        return None
    return max(0, soft - _running())


def _pids_left() -> int | None:
    most, now = _number(_CGROUP / "pids.max"), _number(_CGROUP / "pids.current")
    return None if most is None or now is None else max(0, most - now)


def _memory() -> int | None:
    """Bytes that are available: the kernel's estimate, or what the cgroup still allows."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        told = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
        found.extend(int(kibibytes) * 1024 for kibibytes in told)
    most, now = _number(_CGROUP / "memory.max"), _number(_CGROUP / "memory.current")
    if most is not None and now is not None:
        found.append(max(0, most - now))
    return min(found, default=None)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def loopback() -> str:
    """Why a connection over 127.0.0.1 does not work; "" where it does."""
    try:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen(1)
            with socket.create_connection(server.getsockname(), _SECONDS):
                return ""
    except OSError as error:
        return f"127.0.0.1 does not answer: {error.strerror or error}"


def taken(ports: Iterable[int]) -> dict[int, Taken]:
    """Who listens on these ports. OSError where the kernel does not tell."""
    wanted = frozenset(ports)
    sockets = {inode: port for inode, port in _listening() if port in wanted}
    found = {port: Taken() for port in sockets.values()}
    if found:
        for pid, inode in _holders(frozenset(sockets)):
            found[sockets[inode]] = Taken(pid, _program(pid))
    return found


def free_ports() -> int:
    """How many of the ports that services are given nobody listens on."""
    used = {port for _, port in _listening() if _FIRST_PORT <= port <= _LAST_PORT}
    return _LAST_PORT - _FIRST_PORT + 1 - len(used)


def _listening() -> list[tuple[int, int]]:
    """(inode, port) of every listening TCP socket."""
    found: list[tuple[int, int]] = []
    for table in _TABLES:
        with contextlib.suppress(FileNotFoundError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                values = line.split()
                if values[3] == _LISTEN:
                    found.append((int(values[9]), int(values[1].rpartition(":")[2], 16)))
    return found


def _holders(inodes: frozenset[int]) -> Iterable[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for descriptor in (path / "fd").iterdir():
                with contextlib.suppress(OSError):
                    target = os.readlink(descriptor)  # noqa: PTH115 - no path, a name
                    inode = target.removeprefix("socket:[").removesuffix("]")
                    if inode.isdigit() and int(inode) in inodes:
                        yield int(path.name), int(inode)


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
