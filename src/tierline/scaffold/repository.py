"""Makes git repositories and commits in them; needs no git configuration and runs no hooks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tierline.errors import PermanentError, UsageError

_NOBODY = ("-c", "user.name=tierline demo", "-c", "user.email=demo@tierline.invalid")
_GIT = (
    "git",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "core.autocrlf=false",
    "-c", "commit.gpgSign=false",
    "-c", "init.defaultBranch=main",
    "-c", "gc.auto=0",
)  # fmt: skip
_SECONDS = 60


def make_repository(folder: Path, message: str) -> str:
    """Turn a folder into a repository with everything in it committed; the commit's id."""
    _git(folder, "init", "--quiet", "--template=")
    _git(folder, "add", "--all")
    return _committed(folder, message, ())


def begin(folder: Path, paths: Iterable[str], message: str) -> str:
    """Turn a folder into a repository with these paths committed by whoever git says the user is."""
    _git(folder, "init", "--quiet", "--template=")
    names = tuple(paths)
    _git(folder, "add", "--", *names)
    return _committed(folder, message, names, own=knows_author(folder))


def knows_author(folder: Path) -> bool:
    """Whether git knows who commits there, so that its commands work without being told."""
    try:
        return bool(_git(folder, "config", "user.email") and _git(folder, "config", "user.name"))
    except UsageError:
        return False


def commit(folder: Path, paths: Iterable[str], message: str) -> str:
    """Commit these paths, relative to `folder`, and nothing else; the commit's id."""
    names = tuple(paths)
    _git(folder, "add", "--", *names)
    return _committed(folder, message, names)


def _committed(folder: Path, message: str, names: tuple[str, ...], *, own: bool = False) -> str:
    only = ("--only", "--", *names) if names else ()
    author = () if own else _NOBODY
    _git(folder, *author, "commit", "--quiet", "--no-verify", f"--message={message}", *only)
    return _git(folder, "rev-parse", "HEAD").strip()


def _git(folder: Path, *arguments: str) -> str:
    """Output of a git command in `folder`, unmoved by the caller's GIT_* variables."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment = {**kept, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [*_GIT, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        message = f"{folder} cannot become a repository: git is not installed"
        raise PermanentError(message, code="demo/no-git", fix="install git") from error
    except subprocess.TimeoutExpired as error:
        message = f"git {arguments[0]} in {folder} did not end within {_SECONDS} s"
        raise PermanentError(
            message, code="demo/git", fix="see what git waits for there"
        ) from error
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise UsageError(
            f"git {arguments[0]} failed in {folder}: {said}",
            code="demo/git",
            fix="mend what git says, or name another folder",
        )
    return done.stdout
