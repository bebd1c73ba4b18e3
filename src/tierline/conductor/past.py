"""What an environment's journal adds up to, as a value; reads none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.facts.instant import Instant
from tierline.frozen import frozen


@frozen
class Past:
    """What an environment's journal adds up to.

    `verified` maps service -> the revision at which it was started and verified, unless it failed
    since (a look at an owner from outside a plan demands too little to count);
    `seconds` maps service -> how long its latest start took until it was verified. `seq` is the
    newest row that is in it; `began` and `looks` are what later rows may refer to: when a service
    was last started, and the keys of looks.
    """

    rollouts: tuple[str, ...]
    verified: Mapping[str, str]
    seconds: Mapping[str, float]
    seq: int = 0
    began: Mapping[str, Instant] = field(default_factory=dict[str, Instant])
    looks: frozenset[str] = frozenset()


NOTHING = Past((), {}, {})
"""of an empty journal"""
