"""What people said of a plan over their signatures, and who wrote what it ships; plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from tierline.facts.instant import Instant
from tierline.frozen import frozen


class Act(StrEnum):
    """What a statement does. A withdrawal takes back what its signer said of the plan before."""

    APPROVE = "approve"
    WITHDRAW = "withdraw"


@frozen
class Statement:
    """A person's signed word on one plan.

    `approver`, `key` (`ed25519:` and base64) and `at` are what it says of itself; `genuine` tells
    whether the signature over all of it is that key's. Whose key it is, is for a policy to say.
    """

    act: Act
    plan_digest: str
    environment: str
    mesh: str
    approver: str
    key: str
    at: Instant
    genuine: bool = False


@frozen
class Authorship:
    """Who wrote what a plan ships.

    `authors` maps a service to the e-mail addresses, in lower case, of those who made the newest
    commit of it; `unknown` a service ("" for all of them) to why that cannot be told.
    """

    authors: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    unknown: Mapping[str, str] = field(default_factory=dict[str, str])
