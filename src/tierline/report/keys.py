"""A person's keys as text, with what a policy says of each; knows no file and no private half."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Protocol

from tierline.facts.instant import Instant
from tierline.policy.model import Trust
from tierline.report.times import stamp


class Listed(Protocol):
    """A key as it is listed."""

    @property
    def name(self) -> str: ...
    @property
    def public(self) -> str: ...
    @property
    def created(self) -> Instant: ...


def keys_text(keys: Sequence[Listed], trust: Trust | None) -> str:
    """Two lines a key; `trust` None: no policy was named, so nothing is said of trust."""
    if not keys:
        return "you have no keys; make one: tierline key new YOUR-NAME\n"
    lines: list[str] = []
    for key in keys:
        made = (stamp(key.created) or "")[:10]
        said = f", {standing(key.public, trust)}" if trust is not None else ""
        lines.append(f"{key.name}  key {key_id(key.public)}, made {made}{said}")
        lines.append(f"  {key.public}")
    return "\n".join(lines) + "\n"


def standing(public: str, trust: Trust) -> str:
    """What a policy says of a key, in words."""
    holder = trust.holder(public)
    if holder is None:
        return "not trusted by the policy"
    approves = trust.approver(holder) is not None
    return f"trusted as {holder}, {'an approver' if approves else 'who is no approver'}"


def key_id(public: str) -> str:
    """16 hex digits by which people tell keys apart."""
    return hashlib.sha256(base64.b64decode(public.partition(":")[2])).hexdigest()[:16]
