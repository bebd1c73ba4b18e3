"""How a cluster is reached: a context of a kubeconfig, or the pod that we run in; opens no connection.

The file is never one of the mesh: whoever calls got its path from the policy file or the environment.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from tierline.errors import PermanentError
from tierline.frozen import frozen
from tierline.mesh.node import plain_value
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml
from tierline.targets.kubernetes.objects import Object, inside, listed, text_of

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_MOST_BYTES = 4 << 20
_CODE = "cluster/kubeconfig"


@frozen
class Login:
    """Who we are to the cluster. `argv` is a program to ask, if the policy allows one."""

    token: str = ""
    token_file: str = ""
    certificate: bytes = b""
    key: bytes = b""
    argv: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


@frozen
class Reach:
    """An API server and how to talk to it. `authority` b"": the system's certificates."""

    server: str
    authority: bytes = b""
    server_name: str = ""
    insecure: bool = False
    login: Login = Login()


def reach(file: str, context: str, environ: Mapping[str, str]) -> Reach:
    """By the file, else KUBECONFIG, else ~/.kube/config, else the pod that we run in.

    PermanentError names what is missing. `context` "" is the file's current one.
    """
    path = _file(file, environ)
    if path is not None:
        return _of_file(path, context)
    if environ.get("KUBERNETES_SERVICE_HOST") and (_ACCOUNT / "token").is_file():
        return _in_pod(environ)
    raise PermanentError(
        "no cluster is known: no kubeconfig, and this is no pod",
        code=_CODE,
        fix="name the file in the policy: kubeconfig in [environments.E]",
    )


def _file(named: str, environ: Mapping[str, str]) -> Path | None:
    if named:
        return Path(named)
    first = environ.get("KUBECONFIG", "").split(os.pathsep)[0]
    if first:
        return Path(first)
    home = environ.get("HOME", "")
    usual = Path(home, ".kube/config")
    return usual if home and usual.is_file() else None


def _of_file(path: Path, context: str) -> Reach:
    document = _document(path)
    wanted = context or text_of(document, "current-context")
    if not wanted:
        raise _wrong(path, "names no current-context; give `context` in the policy")
    chosen = inside(_named(path, document, "contexts", wanted), "context")
    cluster = inside(_named(path, document, "clusters", text_of(chosen, "cluster")), "cluster")
    user = text_of(chosen, "user")
    login = inside(_named(path, document, "users", user), "user") if user else {}
    server = text_of(cluster, "server").rstrip("/")
    if not server.startswith(("https://", "http://")):
        raise _wrong(path, f"context {wanted} has no server")
    return Reach(
        server,
        _data(path, cluster, "certificate-authority"),
        text_of(cluster, "tls-server-name"),
        cluster.get("insecure-skip-tls-verify") is True,
        _login(path, login),
    )


def _login(path: Path, user: Object) -> Login:
    program = inside(user, "exec")
    argv = [text_of(program, "command")] if program else []
    arguments = program.get("args")
    argv += [str(one) for one in arguments] if isinstance(arguments, list) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - of whatever is written there
    token_file = text_of(user, "tokenFile")
    return Login(
        text_of(user, "token"),
        str(path.parent / token_file) if token_file else "",
        _data(path, user, "client-certificate"),
        _data(path, user, "client-key"),
        tuple(argv),
        {text_of(one, "name"): text_of(one, "value") for one in listed(program, "env")},
    )


def _in_pod(environ: Mapping[str, str]) -> Reach:
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ.get("KUBERNETES_SERVICE_PORT", "443")
    place = f"[{host}]" if ":" in host else host
    login = Login(token_file=str(_ACCOUNT / "token"))
    return Reach(f"https://{place}:{port}", _content(_ACCOUNT / "ca.crt"), login=login)


def _document(path: Path) -> Object:
    source = Source(str(path), "cluster")
    node = read_yaml(_content(path), source)
    found = None if node is None else plain_value(node)
    if not isinstance(found, dict) or source.defects:
        raise _wrong(path, "is no kubeconfig")
    document: Object = dict(found)
    return document


def _named(path: Path, document: Object, group: str, name: str) -> Object:
    for one in listed(document, group):
        if text_of(one, "name") == name:
            return one
    raise _wrong(path, f"has no entry {name or '?'} in {group}")


def _data(path: Path, table: Object, key: str) -> bytes:
    """What stands in the file itself, else the content of the file that it names."""
    inline, named = text_of(table, f"{key}-data"), text_of(table, key)
    if inline:
        try:
            return base64.b64decode(inline, validate=True)
        except binascii.Error as error:
            raise _wrong(path, f"has a {key}-data that is not base64") from error
    return _content(path.parent / named) if named else b""


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise _wrong(path, f"cannot be read: {error.strerror}") from error


def _wrong(path: Path, fact: str) -> PermanentError:
    return PermanentError(
        f"kubeconfig {path} {fact}", code=_CODE, fix="correct it, or name another in the policy"
    )
