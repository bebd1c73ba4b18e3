"""Rollouts that people want back: whom they blame, whether services may stop together, from the seed.

What there was before is richer than where a policy rolls back: migrations, owners that change, and
services that only work together.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulation.going_back import Past, foreseeing, past_of
from simulation.scripts import Script, script_of
from tierline.boundary.model import Fit
from tierline.policy.model import OnFailure
from tierline.rollout.events import Command, CommandAccepted


def asked_script(seed: int) -> Script:
    """The script of a seed in an environment with a past, where people ask for a rollback."""
    script, random = script_of(seed), Random(f"asked of {seed}")
    past = _past(script, random)
    plan = foreseeing(script.plan, past)
    by = random.choice((OnFailure.HOLD, OnFailure.HOLD, OnFailure.ROLLBACK))
    return replace(
        script,
        plan=replace(plan, rules=replace(plan.rules, on_failure=by)),
        past=past,
        faulty=True,
        outdated=(),
        asks=(),
        resumes=0,
        backs=_backs(script, random),
        back_at_death=random.random() < 0.3,
    )


def _past(script: Script, random: Random) -> Past:
    past = past_of(script.seed, script.plan, script.unchanged)
    changed = [name for name in past.former if name not in script.unchanged]
    fits = {
        edge: (Fit.NO, Fit.NO) if random.random() < 0.2 else fit for edge, fit in past.fits.items()
    }
    harmed = frozenset(name for name in changed if random.random() < 0.08)
    migrated = frozenset(name for name in changed if random.random() < 0.2) - harmed
    moved = dict([random.sample(changed, 2)]) if len(changed) > 1 and random.random() < 0.2 else {}
    return replace(past, fits=fits, harmed=harmed, migrated=migrated, moved=moved)


def _backs(script: Script, random: Random) -> tuple[CommandAccepted, ...]:
    names = [one.service_id for one in script.plan.services]
    return tuple(
        CommandAccepted(
            0,
            Command.ROLLBACK,
            "ada",
            blamed=tuple(random.sample(names, min(len(names), random.choice((0, 0, 1, 2))))),
            downtime=random.random() < 0.5,
        )
        for _ in range(random.randint(1, 2))
    )
