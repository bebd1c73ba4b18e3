"""Runs the git program with everything off that would run a repository's code.

Hooks, fsmonitor, external diffs, text conversion, pagers, replacement objects, lazy fetching and
submodules are off; GIT_DIR and its like are not passed on. Knows nothing of what is asked.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from tierline.errors import PermanentError, TemporaryError
from tierline.mesh.clean import clean

SECONDS = 60.0
"""how long one question may take"""
_PATIENCE: ContextVar[float] = ContextVar("patience", default=SECONDS)

_OFF = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.pager=cat"),
    *("-c", "core.quotePath=false"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "diff.external="),
    *("-c", "diff.ignoreSubmodules=all"),
    *("-c", "submodule.recurse=false"),
    *("-c", "protocol.allow=never"),
    *("-c", "credential.helper="),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
)
_KEPT = (
    *("PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME"),
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
)


@contextmanager
def within(seconds: float) -> Generator[None]:
    """In this block a question may take only so long; TemporaryError beyond it."""
    before = _PATIENCE.set(seconds)
    try:
        yield
    finally:
        _PATIENCE.reset(before)


def text(folder: Path, arguments: list[str]) -> str:
    """What git answers, as text without the blanks around it."""
    return ask(folder, arguments).decode("utf-8", "replace").strip()


def ask(folder: Path, arguments: list[str], more: Mapping[str, str] | None = None) -> bytes:
    """What git answers; PermanentError where it refuses."""
    code, output, said = run(folder, arguments, more)
    if code:
        raise failed(arguments[0], said)
    return output


def failed(question: str, said: bytes) -> PermanentError:
    """The error for a question that git refuses with these words."""
    return PermanentError(
        f"git {question}: {clean(said.decode('utf-8', 'replace').strip(), 300)}",
        code="git/failed",
        fix="mend the repository: git fsck",
    )


def run(
    folder: Path,
    arguments: list[str],
    more: Mapping[str, str] | None = None,
    given: bytes = b"",
) -> tuple[int, bytes, bytes]:
    """(exit code, output, messages) of git in `folder`; `more` variables, `given` as its input."""
    seconds = _PATIENCE.get()
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        **(more or {}),
    }
    try:
        done = subprocess.run(
            ["git", "--no-pager", *_OFF, *arguments],
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError as error:
        raise PermanentError(
            "git is not installed", code="git/missing", fix="install git, or put it on PATH"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise TemporaryError(
            f"git {arguments[0]} took more than {seconds:.0f} s",
            code="git/slow",
            fix="try again; mend the repository: git gc",
        ) from error
    except OSError as error:
        raise PermanentError(
            f"git cannot be run in {clean(str(folder), 200)}: {error.strerror}",
            code="git/failed",
            fix="check the folder and its permissions",
        ) from error
    return done.returncode, done.stdout, done.stderr
