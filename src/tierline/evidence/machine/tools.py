"""Which version a program tells: started outside the mesh, ended with all it started, if it hangs.

A program that lies in the mesh, or that PATH names by a relative entry, is never run.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tierline.facts.machine import Tool
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.regex import regex

SECONDS: Final = 3.0
_MOST_OUTPUT: Final = 16 * 1024
_VERSION: Final = regex(r"v?(\d+(?:\.\d+)+[\w.+-]*)")
_QUIET: Final = MappingProxyType(
    {
        "LC_ALL": "C",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOWORK": "off",
        "DOCKER_CLI_HINTS": "false",
        "DO_NOT_TRACK": "1",
    }
)


@frozen
class Ask:
    """How a tool is asked: its program, and the arguments that make it tell its version.

    `part` names what of the program is missing when it does not know these arguments.
    """

    program: str
    arguments: tuple[str, ...] = ("--version",)
    part: str = ""


ASKED: Final = MappingProxyType(
    {
        "git": Ask("git"),
        "go": Ask("go", ("version",)),
        "python3": Ask("python3"),
        "node": Ask("node"),
        "docker": Ask("docker", ("version", "--format", "{{.Server.Version}}")),
        "compose": Ask("docker", ("compose", "version", "--short"), "the plugin compose"),
        "kubectl": Ask("kubectl", ("version", "--client")),
        "buf": Ask("buf"),
        "oasdiff": Ask("oasdiff"),
    }
)
"""name of a tool -> how to ask it"""


def look_up(program: str, path: str, mesh: Path | None) -> tuple[str, str]:
    """(path of a program, why it is not used), each "" where there is nothing to say."""
    for entry in path.split(os.pathsep):
        found = Path(entry) / program
        if not entry.startswith("/") or not found.is_file() or not os.access(found, os.X_OK):
            continue
        if mesh is not None and found.resolve().is_relative_to(mesh.resolve()):
            return "", f"{clean(str(found), 200)} lies in the mesh, so it is not run"
        return str(found), ""
    return "", ""


def tool(name: str, environ: Mapping[str, str], mesh: Path | None) -> Tool:
    """What a tool of ASKED tells; one that is not there has no path."""
    ask = ASKED[name]
    found, refused = look_up(ask.program, environ.get("PATH", os.defpath), mesh)
    if not found:
        return Tool(trouble=refused)
    try:
        code, said = told([found, *ask.arguments], environ)
    except TimeoutError:
        return Tool(found, trouble=f"{found} did not answer within {SECONDS:g} s", silent=True)
    except OSError as error:
        return Tool(found, trouble=f"it cannot be run: {error.strerror}")
    version = _VERSION.search(said)
    if code or not version:
        first = next((line for line in said.splitlines() if line.strip()), "it said nothing")
        lacking = f"it lacks {ask.part}" if ask.part else clean(first.strip(), 160)
        return Tool(found, trouble=lacking)
    return Tool(found, clean(version[1], 40))


def exists(program: str, environ: Mapping[str, str], mesh: Path | None) -> Tool:
    """Whether a program is on PATH, without running it."""
    found, refused = look_up(program, environ.get("PATH", os.defpath), mesh)
    return Tool(found, trouble=refused)


def told(argv: list[str], environ: Mapping[str, str]) -> tuple[int, str]:
    """(exit code, output) of a program, run in `/`. TimeoutError after SECONDS; may OSError.

    Its output goes to a file: a child that it leaves behind with a pipe could keep us waiting.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            argv,
            cwd="/",
            env={**environ, **_QUIET},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError from error
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        return code, output.read(_MOST_OUTPUT).decode("utf-8", "replace")
