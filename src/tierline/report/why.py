"""Why a service stands where it stands, from what was stored of its rollout; knows no format and no store.

A judgement is a function of stored values: it is made again here, and must come out the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierline.errors import TierlineError
from tierline.facts.decision import Decision
from tierline.facts.instant import Instant
from tierline.frozen import frozen
from tierline.readiness.code import Code
from tierline.report.build import decision_for
from tierline.report.event_words import words
from tierline.report.facts import Fact, facts_of
from tierline.report.meanings import ROLLOUT_CODES
from tierline.report.why_back import Retreat, retreat_of
from tierline.rollout.blocked import Blocked, chain, why
from tierline.rollout.events import Recorded, RolloutRequested, ServiceJudged
from tierline.rollout.evolve import begin, evolve
from tierline.rollout.state import ServiceState, State
from tierline.verification.record import read

if TYPE_CHECKING:
    from tierline.verification.model import Condition, Expectation, Verdict

SCHEMA = "tierline/why/1"
_MEANING = {one.code: one for one in ROLLOUT_CODES}


@frozen
class Link:
    """One service of the chain that leads to the one that decides."""

    service_id: str
    state: str
    code: str
    reason: str


@frozen
class Happened:
    """A row of the journal that concerns the service. `state` is what it became by it, "" if nothing."""

    seq: int
    at: Instant
    type: str
    words: str
    state: str


@frozen
class Judgement:
    """The last time that verification spoke: what it said, and on what facts and rule.

    `same` is whether judging the record again says so once more; None where there is no record, or
    none that can be read (`trouble` says why).
    """

    at: Instant
    verdict: str
    code: str
    message: str
    conditions: tuple[Condition, ...]
    facts: tuple[Fact, ...]
    expectation: Expectation | None
    same: bool | None
    trouble: str


@frozen
class Why:
    """Everything there is to say of one service of one rollout."""

    service_id: str
    rollout_id: str
    environment: str
    mesh: str
    requested_at: Instant
    planned: bool
    state: str
    decision: Decision
    since: Instant
    code: str
    meaning: Code | None
    reason: str
    attempts: int
    blocked_by: tuple[Blocked, ...]
    chain: tuple[Link, ...]
    judgement: Judgement | None
    retreat: Retreat | None
    history: tuple[Happened, ...]


def why_of(
    state: State, rows: Iterable[Recorded], past: Iterable[Recorded], service_id: str
) -> Why:
    """The story of a planned service, or of an owner outside the plan. KeyError for any other.

    `rows` are the rollout's, `past` those of its environment: read only where something went back.
    """
    kept = tuple(rows)
    progress = state.of(service_id)
    blocked = why(state, service_id)
    code = progress.code or (f"blocked/{blocked[0].kind}" if blocked else "")
    return Why(
        service_id=service_id,
        rollout_id=state.rollout,
        environment=state.plan.environment,
        mesh=state.plan.mesh,
        requested_at=state.requested_at,
        planned=service_id in state.index.services,
        state=str(progress.state),
        decision=decision_for(progress.state),
        since=progress.since,
        code=code,
        meaning=_MEANING.get(code),
        reason=progress.reason or "; ".join(one.message for one in blocked),
        attempts=progress.attempt,
        blocked_by=blocked,
        chain=tuple(_link(state, name) for name in chain(state, service_id)[1:]),
        judgement=_last(kept, service_id),
        retreat=retreat_of(state, kept, past, service_id),
        history=tuple(_history(state, kept, service_id)),
    )


def _link(state: State, service_id: str) -> Link:
    progress = state.of(service_id)
    return Link(service_id, str(progress.state), progress.code, progress.reason)


def _last(rows: tuple[Recorded, ...], service_id: str) -> Judgement | None:
    for row in reversed(rows):
        if isinstance(row.event, ServiceJudged) and row.event.service_id == service_id:
            return _judgement(row.event, row.at)
    return None


def _judgement(event: ServiceJudged, at: Instant) -> Judgement:
    said = (at, str(event.verdict), event.code, event.message)
    if not event.evidence:
        return Judgement(*said, (), (), None, None, "it was not judged on evidence")
    from tierline.verification.judge import judge  # noqa: PLC0415 - few judgements are read

    try:
        stored = read(event.evidence)
    except TierlineError as error:
        return Judgement(*said, (), (), None, None, error.message)
    again = judge(stored.expectation, stored.observations, stored.now)
    return Judgement(
        *said,
        again.conditions,
        facts_of(stored.observations, stored.now),
        stored.expectation,
        _same(event, again),
        "",
    )


def _same(event: ServiceJudged, again: Verdict) -> bool:
    decisive = again.decisive
    spoken = (decisive.code, decisive.message) if decisive else ("", "")
    return (str(again.standing), *spoken) == (str(event.verdict), event.code, event.message)


def _history(state: State, rows: tuple[Recorded, ...], service_id: str) -> Iterable[Happened]:
    """Rows about the service or about all, and those by which its state changed."""
    folded: State | None = None
    before = ServiceState.PENDING
    for row in rows:
        if isinstance(row.event, RolloutRequested):
            folded = begin(state.plan, row.rollout, row.event, row.at)
        elif folded is not None:
            folded = evolve(folded, row.event, row.at)
        if folded is None:
            continue
        now = folded.of(service_id).state
        became = str(now) if now is not before else ""
        about = getattr(row.event, "service_id", service_id)
        if about == service_id or became:
            told = words(row.event)
            told = told if about == service_id else f"{about}: {told}"
            yield Happened(row.seq, row.at, row.event.TYPE, told, became)
        before = now
