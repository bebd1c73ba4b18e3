"""A judgement as text that can be stored and judged again; knows neither journal nor store.

pydantic is imported by the first call, or by `prepare`: importing it takes longer than many a
command.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Literal

from tierline.errors import PermanentError
from tierline.facts.evidence import Health
from tierline.facts.instant import Instant
from tierline.facts.observation import Seen
from tierline.frozen import frozen
from tierline.verification.case import cut
from tierline.verification.gather import condensed
from tierline.verification.judge import judge
from tierline.verification.model import Expectation, Observations, Verdict

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MOST_ANSWERS = 200
"""health answers that a record holds"""


@frozen
class Judgement:
    """What `judge` was given. `version` grows when older records can no longer be read."""

    expectation: Expectation
    observations: Observations
    now: Instant
    version: Literal[1] = 1


def prepare() -> None:
    """Make ready what `to_json` needs, so that a first verdict does not wait for it."""
    _codec()


def to_json(expectation: Expectation, observations: Observations, now: Instant) -> str:
    """Write down a judgement, bounded in size, so that `replay` gives the same verdict."""
    judgement = Judgement(expectation, _bounded(expectation, observations), now)
    return _codec().dump_json(judgement).decode()


def read(text: str) -> Judgement:
    """What was written down; PermanentError when it is not a judgement of this version."""
    from pydantic import ValidationError  # noqa: PLC0415 - late on purpose, see above

    try:
        return _codec().validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "text"
        raise PermanentError(
            f"a recorded judgement cannot be read: {place}: {first['msg']}",
            code="verification/record",
            fix="judge again: tierline verify",
        ) from error


def replay(text: str) -> Verdict:
    """The verdict of a recorded judgement; PermanentError when it cannot be read."""
    recorded = read(text)
    return judge(recorded.expectation, recorded.observations, recorded.now)


@cache
def _codec() -> TypeAdapter[Judgement]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - late on purpose, see above

    return TypeAdapter(Judgement)


def _bounded(expectation: Expectation, observations: Observations) -> Observations:
    """Leave out what cannot change the verdict, and shorten what messages shorten anyway."""
    relevant = (a for a in observations.health if a.at >= expectation.since)
    known = observations.dependencies
    sampled = observations.requests
    return replace(
        observations,
        seen=_shortened(observations.seen),
        health=tuple(_terse(answer) for answer in condensed(relevant)[-MOST_ANSWERS:]),
        dependencies=known and replace(known, detail=cut(known.detail)),
        connections={
            owner: replace(tried, detail=cut(tried.detail))
            for owner, tried in observations.connections.items()
            if owner in expectation.owners
        },
        requests=sampled and replace(sampled, detail=cut(sampled.detail)),
        signals=tuple(replace(s, detail=cut(s.detail)) for s in observations.signals),
        boundaries=tuple(replace(b, detail=cut(b.detail)) for b in observations.boundaries),
    )


def _terse(answer: Health) -> Health:
    return replace(answer, detail=cut(answer.detail))


def _shortened(seen: Seen | None) -> Seen | None:
    if seen is None:
        return None
    return replace(seen, instances=tuple(replace(i, reason=cut(i.reason)) for i in seen.instances))
