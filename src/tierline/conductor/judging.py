"""Asks verification for a verdict whenever something about a service changed or a time came."""

from __future__ import annotations

from tierline.conductor.agenda import Agenda
from tierline.conductor.sight import Sight, expectation_of
from tierline.facts.instant import Instant
from tierline.rollout.events import Judged, ServiceJudged
from tierline.rollout.state import PROVEN, Progress, ServiceState, State
from tierline.verification.judge import judge
from tierline.verification.model import Expectation, Observations, Standing, Verdict
from tierline.verification.record import prepare, to_json

_SPOKEN = {
    Standing.VERIFIED: Judged.VERIFIED,
    Standing.FAILED: Judged.FAILED,
    Standing.UNDECIDED: Judged.UNDECIDED,
}


class Judging:
    """Remembers which services want a new judgement: `dirty` ones, and those whose time came."""

    def __init__(self, sight: Sight) -> None:
        prepare()
        self._sight = sight
        self._agenda = Agenda()
        self._expected: dict[str, tuple[Progress, Instant, Expectation]] = {}

    @property
    def next_at(self) -> Instant | None:
        """When a verdict may change without anything happening."""
        return self._agenda.next_at

    def due(self, state: State, now: Instant) -> list[ServiceJudged]:
        """The verdicts that change a service's standing."""
        waiting = {name for name in self._sight.good if not _passed(state, name)}
        names = self._sight.dirty | waiting | self._agenda.due(now)
        self._sight.dirty, self._sight.good = set(), set()
        return [event for name in sorted(names) if (event := self._judge(state, name, now))]

    def _judge(self, state: State, service_id: str, now: Instant) -> ServiceJudged | None:
        self._agenda.drop(service_id)
        progress = state.progress.get(service_id)
        if progress is None or not (
            progress.state is ServiceState.VERIFYING or progress.state in PROVEN
        ):
            return None
        expectation = self._expectation(state, service_id, progress)
        observations = self._sight.of(service_id)
        verdict = judge(expectation, observations, now)
        if verdict.next_at is not None:
            self._agenda.note(service_id, max(verdict.next_at, now))
        spoken = _SPOKEN.get(verdict.standing)
        news = spoken is Judged.FAILED or progress.state is ServiceState.VERIFYING
        news = news or not set(verdict.holds) <= set(progress.breaks)
        if spoken is None or not news:
            return None
        return spoken_of(verdict, progress.key, expectation, observations, now)

    def _expectation(self, state: State, service_id: str, progress: Progress) -> Expectation:
        """Made once per progress: a planned service's depends on nothing that was seen."""
        known = self._expected.get(service_id)
        if known is not None and known[0] is progress and known[1] == state.resumed_at:
            return known[2]
        expectation = expectation_of(state, self._sight, service_id)
        if service_id in state.index.services and expectation.bystanders is None:
            self._expected[service_id] = (progress, state.resumed_at, expectation)
        return expectation


def _passed(state: State, service_id: str) -> bool:
    progress = state.progress.get(service_id)
    return progress is not None and progress.state in PROVEN


def spoken_of(
    verdict: Verdict, key: str, expectation: Expectation, observations: Observations, now: Instant
) -> ServiceJudged:
    """The event for a verdict that no longer waits, with all that it was judged on.

    Its revision is what really runs, or the expected one while nothing does.
    """
    instances = observations.seen.instances if observations.seen else ()
    revisions = sorted({instance.revision for instance in instances})
    decisive = verdict.decisive
    return ServiceJudged(
        service_id=expectation.service_id,
        key=key,
        verdict=_SPOKEN[verdict.standing],
        revision=",".join(revisions) or expectation.revision,
        code=decisive.code if decisive else "",
        message=decisive.message if decisive else "",
        evidence=to_json(expectation, observations, now),
        holds=verdict.holds,
    )
