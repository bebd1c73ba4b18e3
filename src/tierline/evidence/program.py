"""Runs a program within limits of time and output, and ends with it all that it started.

A program that lies in the mesh, or that PATH names by a relative entry, is never found.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from tierline.errors import PermanentError, TemporaryError
from tierline.frozen import frozen
from tierline.mesh.clean import clean

MOST_OUTPUT = 8 << 20
"""bytes of its output that are read"""
MOST_WRITTEN = 64 << 20
"""bytes of any one file that it may write"""


@frozen
class Ran:
    """What a program left: its exit code, output, and messages; a negative code is a signal."""

    code: int
    out: bytes
    err: bytes


def safe_path(environ: Mapping[str, str], mesh: Path | None, *more: Path) -> str:
    """PATH without relative entries and such that lead into the mesh; then the folders `more`."""
    return os.pathsep.join(_folders(environ.get("PATH", os.defpath), mesh, more))


def _folders(path: str, mesh: Path | None, more: Sequence[Path]) -> Iterator[str]:
    inside = None if mesh is None else mesh.resolve()
    for entry in (*path.split(os.pathsep), *map(str, more)):
        if not entry.startswith("/"):
            continue
        if inside is None or not Path(entry).resolve().is_relative_to(inside):
            yield entry


def found(program: str, path: str) -> Path | None:
    """The program of that name on a PATH; None where there is none that may be run."""
    for entry in path.split(os.pathsep):
        place = Path(entry) / program
        if entry and place.is_file() and os.access(place, os.X_OK):
            return place
    return None


def run_program(argv: Sequence[str], cwd: Path, environ: Mapping[str, str], seconds: float) -> Ran:
    """Run to the end. TemporaryError after `seconds`, PermanentError where it cannot be started.

    Its output goes to files: a child that it leaves behind with a pipe could keep us waiting.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        except OSError as error:
            raise PermanentError(
                f"{clean(argv[0], 200)} cannot be run: {error.strerror}",
                code="program/not-run",
                fix="install it anew: tierline doctor says which programs are used",
            ) from error
        try:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                limits = (MOST_WRITTEN, MOST_WRITTEN)
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise TemporaryError(
                f"{Path(argv[0]).name} took more than {seconds:g} s",
                code="program/slow",
                fix="try again when the machine is less busy",
            ) from error
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return Ran(code, _read(out), _read(err))


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(MOST_OUTPUT)
