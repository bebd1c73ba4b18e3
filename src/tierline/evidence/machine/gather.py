"""Asks the machine everything at once, within seconds, and puts the answers together."""

from __future__ import annotations

import locale
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from tierline.evidence.machine import folders, network, system, tools
from tierline.evidence.machine.asking import Name, ask_all
from tierline.evidence.machine.repository import repository
from tierline.facts.machine import Clock, Folder, Machine, Tool
from tierline.frozen import frozen

SECONDS = tools.SECONDS + 1.5
"""how long all questions together may take"""
_MOST_ADDRESSES = 64


@frozen
class Asked:
    """What to ask besides what every machine is asked.

    `programs` are looked for on PATH and not run; `root` is the mesh, nothing in it is run either.
    """

    environ: Mapping[str, str]
    wanted: tuple[folders.Wanted, ...] = ()
    homeless: str = ""
    root: Path | None = None
    tools: tuple[str, ...] = tuple(tools.ASKED)
    programs: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()
    journal: Path | None = None


def machine(asked: Asked) -> Machine:
    """Everything that answered in time."""
    begun = (time.time(), time.monotonic())
    answers = ask_all(dict(_questions(asked)), SECONDS)

    def of(kind: str) -> dict[Any, Any]:
        return {key: value for (what, key), value in answers.items() if what == kind}

    found: dict[str, Tool] = of("tool") | of("program")
    for name in asked.tools:
        found.setdefault(name, Tool(silent=True))
    placed: dict[str, Folder] = of("folder")
    return Machine(
        system=system.system(),
        user=os.geteuid(),
        python=".".join(map(str, sys.version_info[:3])),
        lacks=system.lacks(),
        tools=found,
        folders=placed,
        homeless=asked.homeless,
        clock=_clock(asked, answers, begun),
        limits=answers.get(("limits", "")),
        loopback=answers.get(("loopback", "")),
        taken=answers.get(("taken", "")),
        free_ports=answers.get(("free ports", "")),
        answers={key: said for key, said in of("answer").items() if said is not None},
        repository=answers.get(("repository", "")),
        encoding=locale.getencoding(),
        fetches_go=asked.environ.get("GOTOOLCHAIN", "") != "local",
        relative=_relative(asked.environ.get("PATH", "")),
    )


def _questions(asked: Asked) -> Iterable[tuple[Name, Callable[[], Any]]]:
    environ, root = asked.environ, asked.root
    for name in asked.tools:
        yield ("tool", name), partial(tools.tool, name, environ, root)
    for name in asked.programs:
        if name not in asked.tools:
            yield ("program", name), partial(tools.exists, name, environ, root)
    for wanted in asked.wanted:
        yield ("folder", wanted.role), partial(folders.folder, wanted)
        if wanted.role == "state":
            yield ("dated", ""), partial(_dated, wanted.path)
    for address in asked.addresses[:_MOST_ADDRESSES]:
        yield ("answer", address), partial(network.answer, address)
    if root is not None:
        yield ("repository", ""), partial(repository, root)
    if asked.ports:
        yield ("taken", ""), partial(system.taken, asked.ports)
    yield ("limits", ""), system.limits
    yield ("loopback", ""), system.loopback
    yield ("free ports", ""), system.free_ports
    yield ("clock", ""), partial(_synchronized, environ)


def _dated(path: Path) -> float | None:
    return next((folders.dated_apart(str(p)) for p in (path, *path.parents) if p.is_dir()), None)


def _synchronized(environ: Mapping[str, str]) -> bool | None:
    found, _ = tools.look_up("timedatectl", environ.get("PATH", os.defpath), None)
    if not found:
        return None
    try:
        code, said = tools.told([found, "show", "-p", "NTPSynchronized", "--value"], environ)
    except (OSError, TimeoutError):
        return None
    return {"yes": True, "no": False}.get(said.strip()) if code == 0 else None


def _clock(asked: Asked, answers: Mapping[Name, Any], begun: tuple[float, float]) -> Clock:
    ahead = None
    if asked.journal is not None:
        with suppress(OSError):
            ahead = max(0.0, asked.journal.stat().st_mtime - time.time())
    jumped = (time.time() - begun[0]) - (time.monotonic() - begun[1])
    return Clock(answers.get(("clock", "")), ahead, answers.get(("dated", "")), jumped)


def _relative(path: str) -> tuple[str, ...]:
    """Entries of PATH that are relative; an empty one is the current folder."""
    return tuple(entry for entry in path.split(os.pathsep) if not entry.startswith("/") and path)
