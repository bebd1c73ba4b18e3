"""Asks verification for a verdict whenever something about a service changed or a time came."""

from __future__ import annotations

from tierline.conductor.sight import Sight, expectation_of
from tierline.facts.instant import Instant
from tierline.rollout.events import Judged, ServiceJudged
from tierline.rollout.state import PASSED, ServiceState, State
from tierline.verification.judge import judge
from tierline.verification.model import Expectation, Observations, Standing, Verdict
from tierline.verification.record import to_json

_SPOKEN = {
    Standing.VERIFIED: Judged.VERIFIED,
    Standing.FAILED: Judged.FAILED,
    Standing.UNDECIDED: Judged.UNDECIDED,
}


class Judging:
    """Remembers which services want a new judgement: `dirty` ones, and those whose time came."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._times: dict[str, Instant] = {}

    @property
    def next_at(self) -> Instant | None:
        """When a verdict may change without anything happening."""
        return min(self._times.values(), default=None)

    def due(self, state: State, now: Instant) -> list[ServiceJudged]:
        """The verdicts that change a service's standing."""
        names = self._sight.dirty | {name for name, at in self._times.items() if at <= now}
        self._sight.dirty = set()
        return [event for name in sorted(names) if (event := self._judge(state, name, now))]

    def _judge(self, state: State, service_id: str, now: Instant) -> ServiceJudged | None:
        self._times.pop(service_id, None)
        progress = state.progress.get(service_id)
        if progress is None or not (
            progress.state is ServiceState.VERIFYING or progress.state in PASSED
        ):
            return None
        expectation = expectation_of(state, self._sight, service_id)
        observations = self._sight.of(service_id)
        verdict = judge(expectation, observations, now)
        if verdict.next_at is not None:
            self._times[service_id] = max(verdict.next_at, now)
        spoken = _SPOKEN.get(verdict.standing)
        news = spoken is Judged.FAILED or progress.state is ServiceState.VERIFYING
        if spoken is None or not news:
            return None
        evidence = to_json(expectation, observations, now)
        return _event(spoken, verdict, progress.key, _shown(expectation, observations), evidence)


def _shown(expectation: Expectation, observations: Observations) -> tuple[str, str]:
    """(service id, the revisions that really run, or the expected one while nothing does)"""
    instances = observations.seen.instances if observations.seen else ()
    revisions = sorted({instance.revision for instance in instances})
    return expectation.service_id, ",".join(revisions) or expectation.revision


def _event(
    spoken: Judged, verdict: Verdict, key: str, shown: tuple[str, str], evidence: str
) -> ServiceJudged:
    decisive = verdict.decisive
    service_id, revision = shown
    return ServiceJudged(
        service_id=service_id,
        key=key,
        verdict=spoken,
        revision=revision,
        code=decisive.code if decisive else "",
        message=decisive.message if decisive else "",
        evidence=evidence,
    )
