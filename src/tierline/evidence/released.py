"""Finds the contracts that an environment runs, by what its rollouts noted.

A note is not believed: a commit counts only if it is here, and its contracts are what was released.
Where services run different contracts, the oldest of them count: no change since is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from tierline.contracts.identity import contracts_id
from tierline.errors import TierlineError, UsageError
from tierline.facts.origin import Ran, Running
from tierline.facts.reference import ContractsThen, NoReference, Reference, Then
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.names import short_id

_NAMED = 3
"""services that are named; of more only the number is told"""

At = Callable[[Reference], Then]
"""looks up what the contracts said at a commit"""


@frozen
class Unsaid:
    """What runs does not say what contracts were: `reason`, "" where nothing was ever released."""

    reason: str = ""


def released_contracts(running: Running, at: At, exists: Callable[[str], str]) -> Then | Unsaid:
    """The contracts of the oldest release that still runs and whose commit is known.

    `exists` gives the full name of a commit, or raises TierlineError.
    """
    if running.trouble:
        return Unsaid(running.trouble)
    every = sum(len(ran.services) for ran in running.ran)
    kinds = _by_contracts(running.ran)
    reasons: list[str] = []
    for contracts, rans in kinds.items():
        found = _usable(contracts, rans, at, exists)
        if isinstance(found, str):
            reasons.append(f"{_whose(rans, every)}{found}")
            continue
        then, ran = found
        if isinstance(then, NoReference):
            return then
        how = _how(running.environment, ran, rans, len(kinds) > 1, every)
        told = "; ".join((how, *(f"not known: {reason}" for reason in reasons)))
        return ContractsThen(replace(then.reference, how=told), then.files)
    return Unsaid("; ".join(reasons))


def _by_contracts(rans: Iterable[Ran]) -> dict[str, list[Ran]]:
    """Rollouts by what contracts they released, in the order of the oldest of each."""
    kinds: dict[str, list[Ran]] = {}
    for ran in rans:
        kinds.setdefault(ran.origin.contracts, []).append(ran)
    return kinds


def _usable(
    contracts: str, rans: Iterable[Ran], at: At, exists: Callable[[str], str]
) -> tuple[Then, Ran] | str:
    """What the newest of these rollouts says that can say it, or why none can."""
    reason = ""
    for ran in reversed(list(rans)):
        commit = ran.origin.commit
        if not commit or not contracts:
            reason = f"{clean(ran.rollout)} noted no commit"
            continue
        try:
            full = exists(commit)
        except UsageError:
            reason = f"{clean(ran.rollout)} released {clean(commit[:12])}, which is not here"
            continue
        except TierlineError as error:
            reason = error.message
            continue
        then = at(Reference(full[:12], full, ""))
        if isinstance(then, NoReference) or contracts_id(then.files) == contracts:
            return then, ran
        reason = f"{clean(ran.rollout)} released contracts that {full[:12]} does not have"
    return reason


def _how(environment: str, ran: Ran, rans: list[Ran], mixed: bool, every: int) -> str:
    where = clean(environment)
    if not mixed:
        return f"what {where} runs since {clean(ran.rollout)}"
    many = sum(len(one.services) for one in rans)
    return f"the oldest that {where} runs ({clean(ran.rollout)}, {many} of {every} services)"


def _whose(rans: Iterable[Ran], every: int) -> str:
    """Whose contracts are not known, unless it is everybody's."""
    names = [name for ran in rans for name in ran.services]
    if len(names) == every:
        return ""
    shown = [clean(short_id(name)) for name in names[:_NAMED]]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"what {', '.join(shown)}{more} run, as "
