"""Which service a configuration key means; knows no addresses and no network.

A key abbreviates its owner's name (`auth_grpc_url` -> M01-Authentication-Service). Only a token
that fits exactly one owner counts; two tokens that point at different owners are no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from tierline.mesh.model import Mesh
from tierline.regex import regex

_GENERIC = frozenset({
    "service", "services", "svc", "api", "grpc", "http", "https", "url", "uri", "urls",
    "addr", "address", "addresses", "endpoint", "endpoints", "host", "hosts", "port",
    "server", "base", "rpc", "tcp", "internal", "local", "mesh", "the", "and", "of",
})  # fmt: skip
_SHORTEST_PREFIX = 3
_HUMP = regex(r"([a-z])([A-Z])")
_MARKS = regex(r"[^a-z0-9]+")
_SHORT_ID = regex(r"[a-z]+[0-9]+")


@lru_cache(maxsize=4096)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name that say which one it is: lower case, generic words left out."""
    words = _MARKS.split(_HUMP.sub(r"\1 \2", name).lower())
    return tuple(word for word in words if word and word not in _GENERIC)


def match_owner(key: str, owners: Iterable[str]) -> str | None:
    """The one owner that the key's tokens point at; None where it is ambiguous or nobody."""
    names = {owner: tokens(owner) for owner in owners}
    pointed = {owner for token in tokens(key) if (owner := _only_fit(token, names)) is not None}
    return pointed.pop() if len(pointed) == 1 else None


def _only_fit(token: str, names: Mapping[str, Sequence[str]]) -> str | None:
    same = [owner for owner, words in names.items() if any(_same(token, word) for word in words)]
    if same:
        return same[0] if len(same) == 1 else None
    if len(token) < _SHORTEST_PREFIX or _SHORT_ID.fullmatch(token):
        return None
    longer = [o for o, words in names.items() if any(word.startswith(token) for word in words)]
    return longer[0] if len(longer) == 1 else None


def _same(one: str, other: str) -> bool:
    return one == other or one.rstrip("s") == other.rstrip("s") != ""


def pointed(mesh: Mesh, service_id: str) -> Mapping[str, str]:
    """Configuration key -> full id of the service that `[services.X.addresses]` names for it.

    Short ids are completed; a name that the mesh does not contain stays, and points at nothing.
    """
    short = {service.short_id: full for full, service in mesh.services.items()}
    addresses = mesh.settings.addresses.get(service_id, {})
    return {key: short.get(name, name) for key, name in addresses.items()}
