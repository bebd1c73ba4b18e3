"""Services that break what others use of them, by a seed, under a policy that holds only those."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from tierline.policy.model import OnBoundary

if TYPE_CHECKING:
    from simulation.scripts import Script

EVERY, WHICH = 5, 2
"""of so many seeds one, with this rest, has such a policy"""


def withholding(script: Script) -> Script:
    """The same script, of one seed in five with services that break what others use of them."""
    if script.seed % EVERY != WHICH or script.past is not None:
        return script
    random = Random(script.seed + 0.5)
    plan = script.plan
    rules = replace(plan.rules, on_boundary=OnBoundary.CONSUMERS)
    readers: dict[str, list[str]] = {}
    for one in plan.services:
        for owner in one.owners:
            readers.setdefault(owner, []).append(one.service_id)
    behaviours = dict(script.behaviours)
    for name, consumers in readers.items():
        if random.random() < 0.5:
            used = tuple(one for one in consumers if random.random() < 0.6)
            used += tuple(sorted(plan.outside))[:1] if random.random() < 0.1 else ()
            last = behaviours[name][-1]
            behaviours[name] = (*behaviours[name][:-1], replace(last, breaks=used))
    return replace(
        script,
        plan=replace(plan, rules=rules),
        behaviours=behaviours,
        faulty=True,
    )
