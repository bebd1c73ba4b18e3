"""Judges the folders that tierline keeps things in: whose they are, room, journal and sockets."""

from __future__ import annotations

from collections.abc import Iterator

from tierline.facts.decision import Severity
from tierline.facts.machine import Folder, Machine
from tierline.machine.model import Needs, Point
from tierline.machine.words import absent, size

MIB = 1024 * 1024
LEAST_BYTES = 64 * MIB
"""below that a rollout cannot even keep its journal and one copy of a service"""
FEW_BYTES = 1024 * MIB
LEAST_INODES, FEW_INODES = 1_000, 20_000

_WHAT = {
    "state": "journal, plans and ledger: rollout, verify, status, report, issues",
    "runtime": "sockets and locks: rollout, verify, status",
    "cache": "what is built: rollout",
}
_CLOSED = 0o077


def judge_home(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Whether there is a place for state at all; without one there are no folders to judge."""
    if not machine.homeless:
        return
    point = Point(
        "home",
        Severity.OK,
        _WHAT["state"],
        machine.homeless,
        "set HOME, or XDG_STATE_HOME and XDG_CACHE_HOME, to folders of your own",
        required=needs.local,
    )
    yield absent(point)


def judge_folder(role: str, machine: Machine, needs: Needs) -> Iterator[Point]:
    """One folder: it must be ours alone, writable, with room left."""
    folder = machine.folders.get(role)
    if machine.homeless:
        return
    if folder is None:
        fact = "the file system did not answer in time"
        fix = "give it a folder on a local disk (XDG_STATE_HOME, XDG_CACHE_HOME)"
        yield absent(
            Point(role, Severity.OK, _WHAT[role], fact, fix, required=needs.local), unknown=True
        )
        return
    fact, fix = _trouble(folder, machine.user)
    point = Point(role, Severity.OK, _WHAT[role], fact, fix, required=needs.local)
    if fact:
        yield absent(point)
        return
    yield _room(folder, needs)


def _trouble(folder: Folder, user: int) -> tuple[str, str]:
    """(what is wrong, what mends it), both "" where the folder can be used."""
    for step in folder.steps:
        if not step.is_folder:
            return f"{step.path} is a link or no folder", f"remove it: rm {step.path}"
        if step.owner != user:
            said = f"{step.path} belongs to user {step.owner}, not to us ({user})"
            give = f"give a folder of your own with {folder.variable}"
            return said, f"{give}, or: chown -R {user} {step.path}"
        if step.mode & _CLOSED:
            return f"{step.path} is open to others ({step.mode:04o})", f"chmod 700 {step.path}"
    if folder.trouble:
        return (
            f"{folder.tried or folder.path} cannot be written: {folder.trouble}",
            f"give a folder of your own with {folder.variable}",
        )
    return "", ""


def _room(folder: Folder, needs: Needs) -> Point:
    """The space and inodes left of a folder that can be used."""
    said = [folder.path]
    status = Severity.OK
    if folder.free_bytes is not None:
        said.append(f"{size(folder.free_bytes)} free")
        status = _scarce(folder.free_bytes, LEAST_BYTES, FEW_BYTES, needs)
    if folder.free_inodes is not None:
        inodes = _scarce(folder.free_inodes, LEAST_INODES, FEW_INODES, needs)
        if inodes is not Severity.OK:
            said.append(f"{folder.free_inodes} inodes free")
            status = inodes if status is not Severity.FAIL else status
    fix = "" if status is Severity.OK else f"make room there, or move it with {folder.variable}"
    return Point(
        folder.role, status, _WHAT[folder.role], ", ".join(said), fix, required=needs.local
    )


def _scarce(left: int, least: int, few: int, needs: Needs) -> Severity:
    if left >= few:
        return Severity.OK
    return Severity.FAIL if left < least and needs.local else Severity.WARN


def judge_journal(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Whether SQLite's write-ahead log, fsync and locks work where the journal is."""
    folder = machine.folders.get("state")
    if folder is None or folder.trouble or not folder.tried:
        return
    where = f"{folder.tried} ({folder.file_system})" if folder.file_system else folder.tried
    point = Point(
        "journal",
        Severity.OK,
        "the journal: rollout, verify, report, issues",
        f"{folder.stores}: {where}" if folder.stores else f"write-ahead log, fsync, lock: {where}",
        "give it a folder on a local disk with XDG_STATE_HOME" if folder.stores else "",
        required=needs.local,
    )
    yield absent(point) if folder.stores else point


def judge_socket(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Whether a unix socket can be made where the supervisor meets its clients."""
    folder = machine.folders.get("runtime")
    if folder is None or folder.trouble or not folder.tried:
        return
    point = Point(
        "socket",
        Severity.OK,
        "the supervisor of local services: rollout, status, down",
        f"{folder.tried}: {folder.meets}" if folder.meets else f"can be made in {folder.tried}",
        "give it a folder on a local disk with XDG_RUNTIME_DIR" if folder.meets else "",
        required=needs.local,
    )
    yield absent(point) if folder.meets else point
