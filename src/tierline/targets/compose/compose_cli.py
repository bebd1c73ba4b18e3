"""Runs Docker Compose's command line; knows its words and how it fails, no service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tierline.errors import PermanentError, TemporaryError
from tierline.frozen import frozen
from tierline.targets.words import clean

_KEPT = ("PATH", "HOME", "LANG", "TZ", "XDG_RUNTIME_DIR", "DOCKER_CONFIG", "SSL_CERT_FILE")
_TAKEN = ("port is already allocated", "address already in use", "Ports are not available")
_NO_IMAGE = ("No such image", "pull access denied", "manifest unknown", "not found: manifest")
_AWAY = ("Cannot connect to the Docker daemon", "error during connect")
_LONGEST = 1000


@frozen
class Ran:
    """How a command ended: its exit code and what it printed."""

    code: int
    output: str
    errors: str

    @property
    def trouble(self) -> str:
        """The line that says why it failed."""
        lines = [clean(line).strip() for line in self.errors.splitlines()]
        said = [line for line in lines if line]
        telling = [line for line in said if "rror" in line or "denied" in line]
        found = (telling or said or [f"it ended with code {self.code} and said nothing"])[-1]
        return found.removeprefix("Error response from daemon: ")[:_LONGEST]


class ComposeCli:
    """The plugin of the `docker` on PATH, pointed at one engine and one project."""

    def __init__(self, socket: Path, project: str, environ: Mapping[str, str]) -> None:
        kept = {name: environ[name] for name in _KEPT if name in environ}
        self._environment = {
            **kept,
            "DOCKER_HOST": f"unix://{socket}",
            "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false",
            "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "false",
            "COMPOSE_MENU": "false",
            "DOCKER_CLI_HINTS": "false",
        }
        self._project = project

    async def config(
        self, root: Path, files: Sequence[str], variables: Mapping[str, str]
    ) -> dict[str, Any]:
        """The whole project as Compose understands it. PermanentError with Compose's own words."""
        words = ["--project-directory", str(root / os.path.dirname(files[0]))]  # noqa: PTH120 - a mesh path
        for file in files:
            words += ["--file", str(root / file)]
        words += ["--env-file", os.devnull, "config", "--format", "json"]
        ran = await self.run(words, 60.0, variables=variables)
        if ran.code:
            raise PermanentError(
                f"Compose refuses the mesh's files: {ran.trouble}",
                code="compose/refused",
                fix=f"see: docker compose -f {' -f '.join(files)} config",
            )
        return json.loads(ran.output)

    async def run(
        self,
        words: Sequence[str],
        seconds: float,
        *,
        variables: Mapping[str, str] | None = None,
        keep: int | None = None,
    ) -> Ran:
        """One command of Compose. `keep` is a descriptor that it holds open for as long as it lives.

        TemporaryError where it takes longer, or the engine is away; PermanentError without Docker.
        """
        argv = [
            "compose",
            "--ansi",
            "never",
            "--progress",
            "plain",
            "--project-name",
            self._project,
        ]
        return await self._run([*argv, *words], seconds, variables or {}, keep)

    async def docker(self, words: Sequence[str], seconds: float) -> Ran:
        """One command of Docker itself."""
        return await self._run(words, seconds, {}, None)

    async def _run(
        self, words: Sequence[str], seconds: float, variables: Mapping[str, str], keep: int | None
    ) -> Ran:
        try:
            child = await asyncio.create_subprocess_exec(
                "docker",
                *words,
                env={**variables, **self._environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=() if keep is None else (keep,),
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise PermanentError(
                "there is no docker on PATH",
                code="compose/no-docker",
                fix="install Docker with the Compose plugin, version 2.40 or newer",
            ) from error
        try:
            async with asyncio.timeout(seconds):
                output, errors = await child.communicate()
        except TimeoutError as error:
            _end(child)
            raise TemporaryError(
                f"docker {words[0]} took longer than {seconds:g} s",
                code="compose/slow",
                fix="see whether the engine is busy: docker system info; then try again",
            ) from error
        except asyncio.CancelledError:
            if keep is None:
                _end(child)
            raise
        ran = Ran(
            child.returncode or 0,
            output.decode("utf-8", "replace"),
            errors.decode("utf-8", "replace"),
        )
        if ran.code and any(sign in ran.errors for sign in _AWAY):
            raise TemporaryError(ran.trouble, code="engine/away", fix="start Docker")
        return ran


def refusal(ran: Ran) -> tuple[str, bool]:
    """Why Compose could not start something: a code, and whether it may work later."""
    if any(sign in ran.errors for sign in _TAKEN):
        return "port/taken", True
    if any(sign in ran.errors for sign in _NO_IMAGE):
        return "image/missing", False
    return "compose/refused", False


def _end(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
