"""Is each watched service still well, and if not, for how long? Turns verdicts into spells.

What is not well is degraded at once and failed (or held) when that lasts; a service that only
suffers from an owner's trouble waits for the owner. Knows no target and no journal.
"""

from __future__ import annotations

from dataclasses import replace

from tierline.conductor.judging import spoken_of
from tierline.conductor.sight import Sight, expectation_of
from tierline.conductor.turn import Turn
from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.rollout.events import ServiceDegraded, ServiceRecovered
from tierline.rollout.state import PASSED, State
from tierline.rollout.watch import Degradation, Watch
from tierline.verification.judge import judge
from tierline.verification.model import Condition, Standing, Verdict

EVERY_SECONDS = 1.0
"""how often a service is judged of which nothing new is known: evidence grows old, too"""
_SUFFERS = frozenset({"dependencies", "requests"})
"""conditions that an owner's trouble explains"""
_OPEN = frozenset({Severity.FAIL, Severity.UNKNOWN})


class Steadiness:
    """Remembers who was well once in this watch, and until when an owner was to blame."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._settled: set[str] = set()
        self._explained: dict[str, Instant] = {}
        self._judged_at: dict[str, Instant] = {}

    def look(self, turn: Turn) -> None:
        """Judge every service of which there is news, or was none for a while."""
        news = self._sight.dirty | self._sight.good
        self._sight.dirty, self._sight.good = set(), set()
        for name, progress in turn.state.progress.items():
            due = turn.now >= self._judged_at.get(name, 0.0) + EVERY_SECONDS
            if progress.state in PASSED and (due or name in news):
                self._judged_at[name] = turn.now
                self._judge(turn, name)

    def conclude(self, turn: Turn) -> None:
        """Say of every service that was never seen well in this watch that it was not."""
        watch = turn.state.watch
        for name, progress in turn.state.progress.items():
            unseen = progress.state in PASSED and name not in self._settled
            if watch is not None and unseen and name not in watch.present:
                verdict = self._verdict(turn, name)
                if verdict.decisive is not None:
                    because = _because(turn.state, watch, name, verdict)
                    turn.add(_degraded(name, watch.began_at, verdict.decisive, because))
                    continue
                self._settled.add(name)

    def _verdict(self, turn: Turn, name: str) -> Verdict:
        expectation = expectation_of(turn.state, self._sight, name)
        return judge(expectation, self._sight.of(name), turn.now)

    def _judge(self, turn: Turn, name: str) -> None:
        watch = turn.state.watch
        if watch is None:
            return
        verdict = self._verdict(turn, name)
        if verdict.standing is Standing.VERIFIED:
            self._well(turn, watch, name, verdict)
            return
        spell = _serious(watch.present.get(name))
        since = spell.since if spell else turn.now
        if name not in self._settled:
            since = watch.began_at
        because = _because(turn.state, watch, name, verdict)
        if because:
            self._explained[name] = turn.now
        deadline = max(since, self._explained.get(name, since)) + watch.sustained_seconds
        if not because and turn.now >= deadline:
            self._sustained(turn, watch, name, since, deadline)
        else:
            self._ill(turn, watch, name, since, verdict, because)

    def _well(self, turn: Turn, watch: Watch, name: str, verdict: Verdict) -> None:
        self._settled.add(name)
        self._explained.pop(name, None)
        spell = watch.present.get(name)
        remark = verdict.decisive
        if remark is not None and remark.code == turn.state.progress[name].code:
            remark = None  # told when it was verified
        if spell is not None and (remark is None or spell.severity is not Severity.WARN):
            turn.add(ServiceRecovered(name))
            spell = None
        if remark is not None and spell is None:
            turn.add(_degraded(name, turn.now, remark))

    def _ill(
        self, turn: Turn, watch: Watch, name: str, since: Instant, verdict: Verdict, because: str
    ) -> None:
        decisive = verdict.decisive
        if decisive is None:
            return
        early = turn.now < watch.began_at + watch.sustained_seconds
        if early and name not in self._settled and decisive.status is Severity.UNKNOWN:
            return  # it is being asked for the first time
        before = watch.present.get(name)
        spell = _serious(before)
        if before is not None and spell is None:
            turn.add(ServiceRecovered(name))
        worse = spell is not None and (
            (decisive.status is Severity.FAIL and spell.severity is not Severity.FAIL)
            or because != spell.because
        )
        if spell is None or worse:
            turn.add(_degraded(name, since, decisive, because))

    def _sustained(
        self, turn: Turn, watch: Watch, name: str, since: Instant, deadline: Instant
    ) -> None:
        """It lasted: judged as at its deadline, a fact fails the service, missing evidence holds it."""
        expectation = replace(expectation_of(turn.state, self._sight, name), deadline=deadline)
        observations = self._sight.of(name)
        verdict = judge(expectation, observations, turn.now)
        if verdict.standing is Standing.VERIFIED:
            self._well(turn, watch, name, verdict)
            return
        decisive = verdict.decisive
        if decisive is not None and _serious(watch.present.get(name)) is None:
            turn.add(_degraded(name, since, decisive))
        key = turn.state.progress[name].key
        turn.add(spoken_of(verdict, key, expectation, observations, turn.now))


def _degraded(
    name: str, since: Instant, condition: Condition, because: str = ""
) -> ServiceDegraded:
    return ServiceDegraded(
        name, since, condition.status, condition.code, condition.message, because
    )


def _serious(spell: Degradation | None) -> Degradation | None:
    """The spell, unless it is a remark only."""
    return None if spell is not None and spell.severity is Severity.WARN else spell


def _because(state: State, watch: Watch, name: str, verdict: Verdict) -> str:
    """The owner in trouble that explains all that is wrong with a service; "" if none does."""
    wrong = {condition.name for condition in verdict.conditions if condition.status in _OPEN}
    if not wrong <= _SUFFERS:
        return ""
    for owner in state.index.reads(name):
        in_trouble = state.progress[owner].state not in PASSED
        if in_trouble or _serious(watch.present.get(owner)) is not None:
            return owner
    return ""
