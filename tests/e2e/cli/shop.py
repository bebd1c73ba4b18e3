"""A copy of the demo mesh and commands in it, each with a clean machine of its own around it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from e2e.rollout.field import PATIENCE, TIERLINE, Field

HOMELESS = dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"))
SCHEMAS = files("tierline.report") / "schemas"


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, document, messages."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout, valid against the schema that it names."""
        found = json.loads(self.out)
        kind, _, version = found["schema"].removeprefix("tierline/").partition("/")
        schema = json.loads((SCHEMAS / f"{kind}-{version}.json").read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(found)
        return found


@dataclass(frozen=True)
class Shop(Field):
    """A field whose commands can be given other variables; `changes` maps to None what is unset."""

    changes: Mapping[str, str | None] = field(default_factory=dict[str, str | None])

    @property
    def mesh(self) -> Path:
        """The mesh root."""
        return self.folder / "mesh"

    @property
    def environ(self) -> Mapping[str, str]:
        """As a field's, changed."""
        merged: dict[str, str | None] = {**super().environ, **self.changes}
        return {name: value for name, value in merged.items() if value is not None}

    def under(self, **changes: str | None) -> Shop:
        """The same with these variables."""
        return replace(self, changes={**self.changes, **changes})

    def shell(self, words: str, *, inside: bool = False) -> subprocess.CompletedProcess[str]:
        """Words of bash in the folder above the mesh (or in the mesh), with our tierline on PATH."""
        bin_folder = self.base / "bin"
        bin_folder.mkdir(exist_ok=True)
        wrapper = bin_folder / "tierline"
        wrapper.write_text(f'#!/bin/sh\nexec {" ".join(TIERLINE)} "$@"\n')
        wrapper.chmod(0o755)
        environ = {**self.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(
            ["bash", "-c", words],
            cwd=self.mesh if inside else self.folder,
            env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def tell(self, *arguments: str, stdin: Any = subprocess.DEVNULL, **more: Any) -> Done:
        """A command to its end; whatever happens, a person never sees a traceback."""
        done = subprocess.run(
            [*TIERLINE, *arguments],
            cwd=more.pop("cwd", self.folder),
            env=self.environ,
            stdin=stdin,
            stdout=more.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
            **more,
        )
        out = (done.stdout or b"").decode(errors="surrogateescape")
        told = Done(done.returncode, out, done.stderr.decode(errors="surrogateescape"))
        unfit(told)
        return told


def unfit(told: Done, *also: int) -> None:
    """Fail on what no command may ever print, and on exit codes that nobody promised."""
    assert "Traceback" not in told.err + told.out, told.err
    assert "a defect of tierline" not in told.err, told.err
    assert "\x1b" not in told.err + told.out
    assert told.code in {0, 1, 2, 3, 4, 5, 6, 130, *also}, told


def written(folder: Path) -> set[str]:
    """Every file below a folder."""
    return (
        {str(path.relative_to(folder)) for path in folder.rglob("*")} if folder.exists() else set()
    )


def make_shop(template: Path, base: Path) -> Shop:
    """A fresh copy of the demo mesh with folders of its own."""
    shutil.copytree(template, base / "shop", symlinks=True)
    return Shop(base / "shop", base)


def is_root() -> bool:
    """Permissions do not stop root."""
    return os.geteuid() == 0
