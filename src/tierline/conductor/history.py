"""What the journal says of an environment: its rollouts, and what was last verified in it."""

from __future__ import annotations

from tierline.conductor.past import NOTHING, Past
from tierline.errors import PermanentError, UsageError
from tierline.facts.instant import Instant
from tierline.mesh.clean import clean
from tierline.mesh.names import nearest
from tierline.plan.document import from_json
from tierline.plan.model import Plan
from tierline.rollout.events import (
    Action,
    EffectIntended,
    Judged,
    RolloutRequested,
    ServiceJudged,
)
from tierline.rollout.evolve import fold
from tierline.rollout.state import State, Status
from tierline.store.protocol import Store

OPEN = frozenset(
    {Status.RUNNING, Status.HOLDING, Status.ABORTING, Status.ROLLING_BACK, Status.HELD}
)
"""a rollout in one of these owns its environment"""


def last_at(store: Store, environment: str) -> Instant:
    """The time of the newest row, which no earlier one exceeds; 0 before the first."""
    newest = store.read(environment, after=store.head(environment) - 1)
    return max((row.at for row in newest), default=0.0)


def past_of(store: Store, environment: str, known: Past = NOTHING) -> Past:
    """Fold the journal of an environment, from `known` on where that is given."""
    if store.head(environment) < known.seq:
        known = NOTHING
    rollouts = dict.fromkeys(known.rollouts)
    verified, seconds, began = dict(known.verified), dict(known.seconds), dict(known.began)
    looks, seq = set(known.looks), known.seq
    for row in store.read(environment, after=seq):
        rollouts[row.rollout], seq = None, row.seq
        match row.event:
            case EffectIntended(
                action=Action.APPLY | Action.RESTORE | Action.STOP, service_id=name
            ):
                began[name] = row.at
                verified.pop(name, None)
            case EffectIntended(action=Action.CHECK):
                looks.add(row.event.key)
            case ServiceJudged(key=key, verdict=Judged.VERIFIED) if key in looks:
                pass
            case ServiceJudged(service_id=name, verdict=Judged.VERIFIED):
                verified[name] = row.event.revision
                if name in began:
                    seconds[name] = row.at - began.pop(name)
            case ServiceJudged(service_id=name):
                verified.pop(name, None)
            case _:
                pass
    return Past(tuple(rollouts), verified, seconds, seq, began, frozenset(looks))


def load(store: Store, environment: str, rollout: str) -> tuple[Plan, State]:
    """A rollout's plan and where it stands; UsageError if there is no such rollout."""
    rows = list(store.read(environment, rollout))
    if not rows or not isinstance(rows[0].event, RolloutRequested):
        raise unknown(store, environment, rollout)
    document = store.load_plan(rows[0].event.plan_digest)
    if document is None:
        raise PermanentError(
            f"{rollout}: its plan {rows[0].event.plan_digest[:12]} is not in the store",
            code="rollout/no-plan",
            fix="restore the state folder from a backup",
        )
    plan = _kept(rollout, document)
    state = fold(plan, rows)
    if state is None:
        raise PermanentError(
            f"{rollout} has no beginning",
            code="journal/damaged",
            fix="put back the journal from a copy, or begin a new rollout",
        )
    return plan, state


def _kept(rollout: str, document: str) -> Plan:
    try:
        return from_json(document)
    except UsageError as error:
        raise PermanentError(
            f"{rollout}: its plan is in the store and cannot be used: "
            f"{error.message.partition(': ')[2]}",
            code="journal/damaged",
            fix="restore the state folder from a backup",
        ) from error


def unknown(store: Store, environment: str, rollout: str) -> UsageError:
    """The error for a rollout that is not in the journal, with the nearest that are."""
    known = store.rollouts(environment)
    close = nearest(rollout, known) or known[:-4:-1]
    return UsageError(
        f"{environment} has no rollout {clean(rollout)}",
        code="rollout/unknown",
        fix=f"there is {', '.join(close)}" if close else "begin with: tierline rollout",
    )


def latest(store: Store, environment: str) -> tuple[Plan, State] | None:
    """The newest rollout of an environment; None before the first."""
    rollouts = store.rollouts(environment)
    return load(store, environment, rollouts[-1]) if rollouts else None


def occupying(store: Store, environment: str) -> tuple[Plan, State] | None:
    """The rollout that owns the environment now, if one does."""
    newest = latest(store, environment)
    return newest if newest is not None and newest[1].status in OPEN else None
