"""Where beds are: their folders, their ports, and who they belong to; knows no program."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from beds import processes
from beds.failure import BedError

PORTS = range(20000, 30000)
"""below the ports that systems hand out by themselves, and below Kubernetes' node ports"""
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?")


def beds_folder() -> Path:
    """The folder of all beds of this user; short, since sockets lie in them. Made where missing."""
    folder = Path(os.environ.get("TIERLINE_BEDS") or f"/tmp/tierline-beds-{os.geteuid()}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise BedError(
            f"{folder}: belongs to somebody else; set TIERLINE_BEDS to a folder of yours"
        )
    return folder


def folder_of(name: str) -> Path:
    """The folder of the bed with that name, whether or not there is one."""
    if not _NAME.fullmatch(name):
        raise BedError(f"{name}: no name of a bed; use up to 24 lower-case letters, digits and -")
    return beds_folder() / name


def beds() -> list[Path]:
    """Folders of all beds, running or left behind."""
    return sorted(f for f in beds_folder().iterdir() if f.is_dir() and f.suffix != ".logs")


def make(name: str, kind: str, owner: int | None) -> Path:
    """A new bed's folder; with an owner's pid the bed is left behind once that process is dead."""
    folder = folder_of(name)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError as error:
        raise BedError(f"{name}: there is such a bed already; take it down first") from error
    owned = None if owner is None else {"pid": owner, "start": processes.start_time_of(owner)}
    write(folder, {"name": name, "kind": kind, "owner": owned, "up": False})
    return folder


def facts(folder: Path) -> dict[str, Any]:
    """What is known of a bed; nothing of one that died while it was made."""
    try:
        return json.loads((folder / "bed.json").read_text())
    except FileNotFoundError:
        return {}


def write(folder: Path, known: dict[str, Any]) -> None:
    """Write what users of the bed need to know, whole or not at all."""
    unfinished = folder / "bed.json.new"
    unfinished.write_text(json.dumps(known, indent=2) + "\n")
    unfinished.replace(folder / "bed.json")


def abandoned() -> Iterator[Path]:
    """Beds whose owner is dead."""
    for folder in beds():
        owner = facts(folder).get("owner")
        if owner and processes.start_time_of(owner["pid"]) != owner["start"]:
            yield folder


def remove(folder: Path) -> None:
    """Remove a bed's folder, where it is still there; its processes and mounts are gone by now."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)


def free_ports(count: int, address: str = "127.0.0.1") -> list[int]:
    """Ports of an address that nobody listens on."""
    found: list[int] = []
    with contextlib.ExitStack() as stack:
        for port in random.sample(PORTS, len(PORTS)):
            if len(found) == count:
                return found
            one = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                one.bind((address, port))
                found.append(port)
    raise BedError(f"{address}: not {count} free ports between {PORTS.start} and {PORTS.stop}")


def keep_logs(folder: Path) -> Path:
    """Keep what a bed's programs said beside the beds, in place of what was kept before; where."""
    kept = folder.parent / f"{folder.name}.logs"
    shutil.rmtree(kept, ignore_errors=True)
    (folder / "logs").mkdir(exist_ok=True)
    return (folder / "logs").rename(kept)
