"""Who the user is to image registries: what `docker login` wrote for this user. Asks no registry.

Programs that the file names for credentials are not run, and a file inside the mesh is not read.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, cast

from tierline.frozen import frozen

_MOST_BYTES = 1 << 20
_FILE = "config.json"


@frozen
class Login:
    """A user and password, or a token of one's own that stands for them. Never printed."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    identity: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)


@frozen
class Logins:
    """By `host` or `host:port`. `helpers`: those of which only a program would know; "*" is any."""

    known: Mapping[str, Login] = field(default_factory=dict[str, Login], repr=False)
    helpers: frozenset[str] = frozenset()
    trouble: str = ""

    def of(self, host: str) -> Login | None:
        """The login for a registry; None where the file has none."""
        return self.known.get(host)

    def missing(self, host: str) -> str:
        """Why there is none, in words."""
        if self.trouble:
            return self.trouble
        if host in self.helpers or "*" in self.helpers:
            return "the Docker configuration leaves it to a program, which is not run"
        return "the Docker configuration has none"


def read_logins(environ: Mapping[str, str], mesh: Path) -> Logins:
    """What `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`, says; none where it is of the mesh."""
    home = environ.get("HOME", "")
    named = environ.get("DOCKER_CONFIG") or (f"{home}/.docker" if home else "")
    if not named:
        return Logins()
    path = Path(named) / _FILE
    try:
        if path.resolve().is_relative_to(mesh.resolve()):
            return Logins(trouble="the Docker configuration lies in the mesh, and is not read")
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return Logins()
    except (OSError, ValueError, RuntimeError):
        return Logins(trouble="the Docker configuration cannot be read")
    return logins_in(content)


def logins_in(content: bytes) -> Logins:
    """What a configuration says; with its trouble where it is none."""
    try:
        found: Any = json.loads(content) if len(content) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Logins(trouble="the Docker configuration is no JSON")
    document = cast("dict[str, object]", found)
    logins = {_host(name): _login(one) for name, one in _table(document, "auths").items()}
    helpers = {_host(name) for name in _table(document, "credHelpers")}
    if document.get("credsStore"):
        helpers.add("*")
    return Logins({h: one for h, one in logins.items() if one is not None}, frozenset(helpers))


def _table(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = document.get(key)
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _host(name: str) -> str:
    """Keys may be hosts, or URLs of registries."""
    return name.partition("://")[2].partition("/")[0] if "://" in name else name.partition("/")[0]


def _login(entry: object) -> Login | None:
    if not isinstance(entry, dict):
        return None
    told = {
        key: value
        for key, value in cast("dict[str, object]", entry).items()
        if value and isinstance(value, str)
    }
    user, password = told.get("username", ""), told.get("password", "")
    if "auth" in told:
        try:
            user, _, password = (
                base64.b64decode(told["auth"], validate=True).decode().partition(":")
            )
        except (binascii.Error, ValueError):
            return None
    login = Login(
        user, password.rstrip("\0"), told.get("identitytoken", ""), told.get("registrytoken", "")
    )
    return login if user or login.identity or login.bearer else None
