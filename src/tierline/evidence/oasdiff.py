"""Asks oasdiff, where it is installed, about OpenAPI documents that changed; judges nothing.

It gets the two documents in a scratch folder of ours, follows no reference out of them, and finds
no configuration of the mesh.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tierline.contracts.change import Kind
from tierline.contracts.files import ContractFile, differing
from tierline.contracts.oasdiff import read_opinion
from tierline.contracts.opinion import Opinion
from tierline.errors import TierlineError
from tierline.evidence.program import found, run_program, safe_path
from tierline.facts.reference import ContractsThen
from tierline.mesh.clean import clean
from tierline.mesh.tree import Tree
from tierline.regex import regex

PROGRAM = "oasdiff"
SECONDS = 60.0
"""how long one document may take"""
_VERSION = regex(r"version\s+v?(\S{1,40})")
_ARGUMENTS = ("--format", "json", "--allow-external-refs=false")


def opinions(root: Path, now: Tree, then: ContractsThen) -> Mapping[str, Opinion]:
    """Path -> what oasdiff says of each document that differs; nothing where it is not installed."""
    files = [one for one in differing(Kind.OPENAPI, then.files, now) if one.old and one.new]
    program = found(PROGRAM, safe_path(os.environ, root)) if files else None
    if program is None:
        return {}
    by = f"{PROGRAM} {_version(program)}"
    return {one.path: _asked(program, by, one) for one in files}


@cache
def _version(program: Path) -> str:
    with tempfile.TemporaryDirectory(prefix="tierline-") as folder:
        try:
            ran = run_program([str(program), "--version"], Path(folder), {}, SECONDS)
        except TierlineError:
            return "of unknown version"
    said = _VERSION.search(ran.out.decode("utf-8", "replace"))
    return clean(said[1]) if said else "of unknown version"


def _asked(program: Path, by: str, file: ContractFile) -> Opinion:
    contents = [entry.content if entry else None for entry in (file.old, file.new)]
    if contents[0] is None or contents[1] is None:
        return Opinion(by, trouble="a document could not be read")
    ending = ".json" if file.path.endswith(".json") else ".yaml"
    names = [f"old{ending}", f"new{ending}"]
    with tempfile.TemporaryDirectory(prefix="tierline-") as folder:
        for name, content in zip(names, contents, strict=True):
            (Path(folder) / name).write_bytes(content or b"")
        argv = [str(program), "changelog", *names, *_ARGUMENTS]
        try:
            ran = run_program(argv, Path(folder), {"HOME": folder, "NO_COLOR": "1"}, SECONDS)
        except TierlineError as error:
            return Opinion(by, trouble=error.message)
    if ran.code:
        said = ran.err.decode("utf-8", "replace").strip().partition("\n")[0]
        return Opinion(by, trouble=clean(said, 200) or f"it ended with {ran.code}")
    return read_opinion(ran.out, by, file.shown)
