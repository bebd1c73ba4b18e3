"""What a registry that answers 401 wants to have, and how to ask for it; sends nothing.

By RFC 7235 and the token authentication of the distribution specification: `Bearer` names a realm
that gives tokens, to everybody for what is public, and `Basic` takes the login itself.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

from tierline.facts.images import is_here
from tierline.frozen import frozen
from tierline.registry_login.docker_config import Login

_PAIR: Final = re.compile(r'([a-zA-Z_]+)\s*=\s*(?:"([^"]{0,2000})"|([^\s",]{1,2000}))')
_SCHEME: Final = re.compile(r"\s*(bearer|basic)(?=\s|$)", re.IGNORECASE)
_CLIENT: Final = "tierline"
MOST_BYTES: Final = 1 << 20
"""the longest answer of a realm that is taken"""


@frozen
class Challenge:
    """`scheme` is `bearer` or `basic`; the rest counts for the first only."""

    scheme: str
    realm: str = ""
    service: str = ""
    scope: str = ""


@frozen
class Request:
    """What to send to a realm: a GET, or a POST where there is a `form`."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    form: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def challenge_in(headers: Iterable[str]) -> Challenge | None:
    """What the `WWW-Authenticate` headers ask for; a token where both may be had. None for neither."""
    found: dict[str, Challenge] = {}
    for header in headers:
        scheme = _SCHEME.match(header[:8000])
        if scheme is None:
            continue
        pairs = _PAIR.finditer(header[:8000], scheme.end())
        told = {pair[1].lower(): pair[2] if pair[2] is not None else pair[3] for pair in pairs}
        name = scheme[1].lower()
        found[name] = Challenge(
            name, told.get("realm", ""), told.get("service", ""), told.get("scope", "")
        )
    return found.get("bearer") or found.get("basic")


def is_trusted(realm: str, host: str) -> bool:
    """Whether a login may be sent to a realm: only encrypted, but for a registry of this machine's."""
    parts = urlsplit(realm)
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and is_here(host) and is_here(parts.netloc)
    )


def basic(login: Login) -> str:
    """The header of a user and password."""
    told = f"{login.user}:{login.password}".encode()
    return f"Basic {base64.b64encode(told).decode()}"


def token_request(challenge: Challenge, login: Login | None, repository: str) -> Request:
    """How to ask a realm for a token to pull; without a login for what everybody may have."""
    told = {
        "service": challenge.service,
        "scope": challenge.scope or f"repository:{repository}:pull",
        "client_id": _CLIENT,
    }
    wanted = {key: value for key, value in told.items() if value}
    if login is not None and login.identity:
        form = {**wanted, "grant_type": "refresh_token", "refresh_token": login.identity}
        return Request(challenge.realm, form=form)
    joined = "&" if "?" in challenge.realm else "?"
    headers = {"Authorization": basic(login)} if login is not None and login.user else {}
    return Request(f"{challenge.realm}{joined}{urlencode(wanted)}", headers)


def token_in(content: bytes) -> str:
    """The token of a realm's answer; "" where there is none."""
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    told = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    token = told.get("token") or told.get("access_token")
    return token if isinstance(token, str) and re.fullmatch(r"[!-~]+", token) else ""
