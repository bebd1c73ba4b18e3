"""Tier and level of planned services where contracts add to the order of owners.

Knows nothing of contracts: only who must be verified before whom, and who moves as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from tierline.frozen import frozen


@frozen
class Places:
    """Service -> effective tier, service -> level, and whose tier it is that moved a service."""

    tiers: Mapping[str, int]
    levels: Mapping[str, int]
    because: Mapping[str, str]


def places(
    tiers: Mapping[str, int],
    levels: Mapping[str, int],
    before: Mapping[str, Iterable[str]],
    together: Iterable[str] = (),
) -> Places:
    """Raise tiers and levels until everybody comes after those who must come `before`.

    `tiers` and `levels` are those of owners alone, for every service planned; `before` has no
    circle, and names planned services only. Services that move as one start in the same tier.
    O(services + edges).
    """
    members = [name for name in together if name in tiers]
    raised = _raised(tiers, levels, before)
    if members:
        last = max(members, key=lambda name: (raised.tiers[name], name))
        floor = dict.fromkeys(members, raised.tiers[last])
        again = _raised({**tiers, **floor}, levels, before)
        because = {name: last for name in members if floor[name] > tiers[name]}
        raised = Places(again.tiers, again.levels, {**again.because, **because})
    return raised


def _raised(
    tiers: Mapping[str, int], levels: Mapping[str, int], before: Mapping[str, Iterable[str]]
) -> Places:
    own = {name: tuple(before.get(name, ())) for name in tiers}
    tier, level = dict(tiers), dict(levels)
    because: dict[str, str] = {}
    for name in TopologicalSorter(own).static_order():
        for other in own[name]:
            level[name] = max(level[name], level[other] + 1)
            if tier[other] > tier[name]:
                tier[name], because[name] = tier[other], other
    return Places(tier, level, because)
