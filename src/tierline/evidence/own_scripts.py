"""Runs the gate scripts that a mesh brings, because somebody asked for it; judges nothing.

They are programs of the mesh: they may do whatever we may. Each has a time and an output limit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tierline.errors import TierlineError
from tierline.evidence.program import run_program
from tierline.facts.scripts import OwnScripts, ScriptRun
from tierline.mesh.clean import clean
from tierline.mesh.tree import Kind, Tree

SECONDS = 300.0
"""how long one script may take"""
_FOLDER = "scripts/"
_SAME: dict[str, tuple[str, ...]] = {
    "validate-mesh-structure.sh": ("structure",),
    "generate-mesh-index.sh": ("index", "load-order"),
    "gate-mesh1.sh": ("lifecycle",),
    "gate-alias-lineage.sh": ("alias-lineage",),
    "gate-mesh-events-contracts.sh": ("event-contracts",),
    "contracts-buf-lint.sh": ("proto-lint",),
    "contracts-buf-breaking.sh": ("proto-breaking",),
    "contracts-buf-generate-check.sh": ("proto-generated",),
}
"""script -> our gates that judge the same"""
_ARGUMENTS = {"generate-mesh-index.sh": ("--check",)}
_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "XDG_CACHE_HOME", "GOCACHE", "GOPATH")

Tell = Callable[[ScriptRun], None]


def gate_scripts(tree: Tree, wrappers: Iterable[bytes], root: Path) -> tuple[str, ...]:
    """Names of the mesh's gate scripts, sorted: `gate-*.sh`, and those whose purpose is known.

    `wrappers` are the texts of scripts that only call tierline: they are left out.
    """
    ours = frozenset(wrappers)
    names = (path.removeprefix(_FOLDER) for path in tree.entries if path.startswith(_FOLDER))
    known = (n for n in names if "/" not in n and (n in _SAME or _is_gate(n)))
    return tuple(
        name
        for name in sorted(known)
        if tree.entries[_FOLDER + name].kind is Kind.FILE
        and (root / _FOLDER / name).read_bytes() not in ours
    )


def run_scripts(root: Path, names: Iterable[str], tell: Tell) -> OwnScripts:
    """Run them one after another from the folder above the mesh; `tell` hears of each at once."""
    return OwnScripts(tuple(_each(root, names, tell)))


def _is_gate(name: str) -> bool:
    return name.startswith("gate-") and name.endswith(".sh")


def _each(root: Path, names: Iterable[str], tell: Tell) -> Iterator[ScriptRun]:
    for name in names:
        run = _run(root, name)
        tell(run)
        yield run


def _run(root: Path, name: str) -> ScriptRun:
    script = f"{root.name}/{_FOLDER}{name}"
    argv = ["bash", script, "--root-path", root.name, *_ARGUMENTS.get(name, ())]
    environ = {one: os.environ[one] for one in _KEPT if one in os.environ}
    gates = _SAME.get(name, ())
    began = time.monotonic()
    try:
        ran = run_program(argv, root.parent, environ, SECONDS)
    except TierlineError as error:
        return ScriptRun(name, gates, -1, time.monotonic() - began, "", error.message)
    lines = (ran.out + b"\n" + ran.err).decode("utf-8", "replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return ScriptRun(name, gates, ran.code, time.monotonic() - began, clean(last, 200))
