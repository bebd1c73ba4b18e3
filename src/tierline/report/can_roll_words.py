"""What people read of `can-roll`: the answer, the steps of the proof, what to do; decides nothing."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from tierline.boundary.can_roll import CanRoll, Means, Row
from tierline.boundary.model import Fit
from tierline.boundary.order import Why
from tierline.boundary.words import meeting, proof, reason, version, way_back
from tierline.mesh.names import short_id

EXPAND = (
    "two releases: first the provider offers the new beside the old, and the consumer moves; then "
    "the provider drops the old"
)


def headline(answer: CanRoll, environment: str) -> str:
    """The answer in one sentence."""
    asked, forced = answer.closed.asked, answer.closed.forced
    names = ", ".join(asked)
    match answer.means:
        case Means.NOTHING:
            return f"{names} already run in {environment} as they are here: nothing would move"
        case Means.ALONE:
            alone = "alone" if len(asked) == 1 else "together, and need nobody else"
            return f"{names} can roll {alone} in {environment}"
        case Means.BATCH:
            rest = ", ".join(forced)
            return (
                f"{names} cannot roll without {rest}; all {len(asked) + len(forced)} together can"
            )
        case Means.LATER:
            return f"{names} cannot roll yet in {environment}: what may be gone back to still needs what would go"
        case Means.NOT:
            return f"{names} cannot roll in one release in {environment}"


def steps(answer: CanRoll) -> tuple[str, ...]:
    """Why everybody else must come along: no smaller set works, since each is forced by another."""
    found: dict[str, None] = {}
    for name in answer.closed.forced:
        found.update(dict.fromkeys(proof(answer.matrix, answer.closed, name)))
    return tuple(found)


def refusals(answer: CanRoll) -> tuple[str, ...]:
    """What no order mends, a sentence each."""
    told: list[str] = []
    for one in answer.order.refused:
        why = meeting(answer.matrix, one.boundary, one.met)
        consumer, provider = one.boundary.consumer, one.boundary.provider
        extra = {
            Why.BROKEN: "",
            Why.OWNER_FIRST: f"; {consumer} would have to move before {provider}, its owner",
            Why.NO_ORDER: "; whoever of the two moves first breaks the other",
            Why.CIRCLE: f"; the order has a circle: {' -> '.join((*one.chain, one.chain[0]))}",
        }[one.why]
        told.append(why + extra)
    told += (way_back(answer.matrix, one) for one in answer.lost)
    return tuple(told)


def follow_up(answer: CanRoll, environment: str) -> str:
    """What to do next: a command where there is one."""
    where = "" if environment == "local" else f" --env {environment}"
    names = shlex.quote(" ".join(map(short_id, answer.closed.services)))
    if answer.means in {Means.ALONE, Means.BATCH}:
        return f"tierline plan {names}{where}"
    if answer.means is Means.NOTHING:
        return ""
    if answer.means is Means.LATER:
        return "keep the old beside the new until that revision is out of the horizon of the policy"
    if all(one.why is Why.NO_ORDER for one in answer.order.refused):
        both = _ends(answer)
        return f"{EXPAND}; or accept a gap: tierline plan {names} --together {both}{where}"
    return EXPAND if Fit.NO in _fits(answer) else "find out what is unknown, then ask again"


def _ends(answer: CanRoll) -> str:
    ends = {
        name
        for one in answer.order.refused
        for name in (one.boundary.consumer, one.boundary.provider)
    }
    return shlex.quote(" ".join(sorted(map(short_id, ends))))


def _fits(answer: CanRoll) -> set[Fit]:
    return {answer.matrix.ok(one.boundary, *one.met) for one in answer.order.refused}


def row_words(answer: CanRoll, row: Row) -> tuple[str, str, str]:
    """Who meets whom, whether they fit, and why."""
    consumer = version(answer.matrix, row.boundary.consumer, row.consumer)
    provider = version(answer.matrix, row.boundary.provider, row.provider)
    return f"{consumer} with {provider}", str(row.judgement.fit), reason(row.judgement)


def shown(rows: Iterable[Row]) -> tuple[Row, ...]:
    """What does not fit first, then what nobody knows."""
    rank = {Fit.NO: 0, Fit.UNKNOWN: 1, Fit.YES: 2}
    return tuple(sorted(rows, key=lambda row: rank[row.judgement.fit]))
