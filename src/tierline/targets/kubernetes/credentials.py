"""Asks a program for credentials as kubeconfig's `exec` wants it; only where the policy allows."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from typing import Any

from tierline.errors import PermanentError
from tierline.targets.kubernetes.kubeconfig import Login
from tierline.targets.kubernetes.objects import Object, inside, text_of

_VERSION = "client.authentication.k8s.io/v1"
_SECONDS = 30.0


async def ask_program(login: Login, *, may_run: bool) -> Login:
    """The login that the program gives. PermanentError where it may not run, or gives none."""
    shown = login.argv[0]
    if not may_run:
        raise PermanentError(
            f"the kubeconfig wants {shown} to be run for credentials, and the policy does not allow it",
            code="cluster/exec-plugin",
            fix="set exec_plugins = true in [environments.E] of the policy file",
        )
    request = {"apiVersion": _VERSION, "kind": "ExecCredential", "spec": {"interactive": False}}
    variables = {**os.environ, **login.variables, "KUBERNETES_EXEC_INFO": json.dumps(request)}
    try:
        process = await asyncio.create_subprocess_exec(
            *login.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=variables,
        )
    except OSError as error:
        raise _failed(shown, str(error.strerror)) from error
    try:
        async with asyncio.timeout(_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise _failed(shown, f"no answer within {_SECONDS:g} s") from error
    if process.returncode != 0:
        raise _failed(shown, f"it ended with {process.returncode}")
    return _read(login, shown, output)


def _read(login: Login, shown: str, output: bytes) -> Login:
    try:
        found: Any = json.loads(output)
    except ValueError as error:
        raise _failed(shown, "it printed no JSON") from error
    whole: Object = {"it": found}
    status = inside(whole, "it", "status")
    token, certificate = text_of(status, "token"), text_of(status, "clientCertificateData")
    if not token and not certificate:
        raise _failed(shown, "it gave neither token nor certificate")
    key = text_of(status, "clientKeyData").encode()
    return replace(login, token=token, certificate=certificate.encode(), key=key, argv=())


def _failed(shown: str, why: str) -> PermanentError:
    return PermanentError(
        f"{shown} gave no credentials: {why}",
        code="cluster/exec-plugin",
        fix="run it by hand to see what is wrong",
    )
