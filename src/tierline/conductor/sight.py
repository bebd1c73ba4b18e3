"""What the conductor knows of the world right now: the latest observations and evidence.

Nothing here is durable. A new conductor gathers it anew, which is why evidence is judged by
where it came from and when, never by whether somebody once saw it.
"""

from __future__ import annotations

from dataclasses import replace

from tierline.facts.evidence import (
    Answer,
    Boundary,
    Connection,
    Dependencies,
    Evidence,
    Health,
    Signal,
    SignalKind,
)
from tierline.facts.instant import Instant
from tierline.facts.observation import Lost, Observation, Phase, Seen, Synced
from tierline.plan.model import PlannedService, Rules
from tierline.policy.model import Demand, EventSource, OnBoundary
from tierline.rollout.events import Action, BackStep, ServiceObserved
from tierline.rollout.state import BACKWARD, PROVEN, Progress, State
from tierline.verification.gather import add
from tierline.verification.model import Expectation, Freshness, Observations

HEALTH_SECONDS, REACHED_SECONDS, REQUESTS_SECONDS = 4.0, 15.0, 90.0
"""how old answers may become under watch: more than the longest pause between two, and an answer"""
FOREVER: Instant = 32_503_680_000.0
"""the year 3000: later than any deadline, and a number that JSON can hold"""


class Sight:
    """Latest view of the target (`seen`) and evidence per service, since its latest effect.

    `holds_contracts`: the target holds services' answers against their contracts. `bus` is where
    their events are read.
    """

    def __init__(self, *, holds_contracts: bool = False, bus: EventSource | None = None) -> None:
        self.synced = False
        self.holds_contracts = holds_contracts
        self.bus = bus
        self.seen: dict[str, Seen] = {}
        self.dirty: set[str] = set()
        """services about which something new is known"""
        self.good: set[str] = set()
        """services about which there is news that can only speak for them"""
        self._evidence: dict[str, Observations] = {}
        self._summaries: dict[str, ServiceObserved] = {}

    def observe(self, observation: Observation) -> list[ServiceObserved]:
        """Take in what the target shows; returns what it changes, nothing for a repetition.

        One that a later one overtook is dropped, unless the view is new and its clock may be, too.
        """
        match observation:
            case Synced():
                self.synced = True
                gone = [name for name in self.seen if name not in observation.services]
                return [change for name in gone for change in self._see(Seen(name, ()))]
            case Lost():
                self.synced = False
                return []
            case Seen():
                known = self.seen.get(observation.service_id)
                overtaken = self.synced and known is not None and observation.at < known.at
                return [] if overtaken else self._see(observation)

    def _see(self, seen: Seen) -> list[ServiceObserved]:
        name = seen.service_id
        self.seen[name] = seen
        self._evidence[name] = replace(self.of(name), seen=seen)
        self.dirty.add(name)
        summary = _summary(seen)
        changed = self._summaries.get(name) != summary
        self._summaries[name] = summary
        return [summary] if changed else []

    def learn(self, evidence: Evidence) -> None:
        """Take in one piece of evidence."""
        concerned = _concerned(evidence)
        self._evidence[concerned] = add(self.of(concerned), evidence)
        (self.good if _is_good(evidence) else self.dirty).add(concerned)

    def of(self, service_id: str) -> Observations:
        """What is known of a service; once everything was shown, what was not is not there."""
        known = self._evidence.get(service_id) or Observations(seen=self.seen.get(service_id))
        if known.seen is None and self.synced:
            return replace(known, seen=Seen(service_id, ()))
        return known

    def forget(self, service_id: str) -> None:
        """Drop evidence from before a new effect; what the target shows stays."""
        signals = self.of(service_id).signals
        self._evidence[service_id] = Observations(seen=self.seen.get(service_id), signals=signals)

    def workloads(self, service_id: str) -> tuple[str, ...]:
        """What is seen of a service; an api where nothing is, since something has to be."""
        seen = self.seen.get(service_id)
        names = {instance.workload for instance in seen.instances} if seen else set[str]()
        return tuple(sorted(names)) or ("api",)

    def last_key(self, service_id: str) -> str:
        """The key of the last effect that the target has accepted for it."""
        seen = self.seen.get(service_id)
        return seen.last_key if seen else ""


def _concerned(evidence: Evidence) -> str:
    """Whose evidence it is; that a provider keeps its own contract is its own."""
    if isinstance(evidence, Boundary):
        return evidence.consumer or evidence.provider
    return evidence.service_id


def expectation_of(state: State, sight: Sight, service_id: str) -> Expectation:
    """What "verified" demands of a service under the plan, given its latest effect.

    An owner outside the plan must run well whatever its revision, in all workloads that are seen.
    """
    progress = state.progress[service_id]
    former = state.former(service_id) if progress.action in BACKWARD else None
    if former is not None:
        return _expected_before(state, service_id, former)
    planned = state.index.services.get(service_id)
    rules = state.plan.rules
    began = max(progress.since, state.resumed_at)
    return Expectation(
        service_id=service_id,
        revision=planned.revision.id if planned else "",
        key=progress.key if progress.action is Action.APPLY else "",
        since=_since(progress, state.resumed_at),
        deadline=_deadline(progress, began + rules.limits.verify_seconds),
        workloads=planned.workloads if planned else sight.workloads(service_id),
        serves_http=planned.serves_http if planned else False,
        contract=sight.holds_contracts and planned is not None and planned.serves_http,
        bus=sight.bus if planned else None,
        owners=state.index.reads(service_id) if planned else (),
        signals=_asked_of(planned, rules) if planned else {},
        limits=rules.limits,
        verified_before=progress.verified_before,
        fresh=_fresh(state),
        status_only=rules.status_only,
        bystanders=_bystanders(state, sight),
    )


def _asked_of(planned: PlannedService, rules: Rules) -> dict[SignalKind, Demand]:
    """What the policy asks of everybody, and what the service itself says that it brings."""
    asked = {SignalKind(kind): demand for kind, demand in rules.signals.items()}
    return asked | dict.fromkeys(planned.brings, Demand.REQUIRED)


def _bystanders(state: State, sight: Sight) -> tuple[str, ...] | None:
    """Who runs and cannot be held in place of a service that breaks something; None: it fails.

    Under watch nobody can: all have started.
    """
    if state.plan.rules.on_boundary is not OnBoundary.CONSUMERS:
        return None
    planned = () if _fresh(state) is not None else state.index.services
    running = (name for name, seen in sight.seen.items() if seen.instances)
    return tuple(sorted(name for name in running if name not in planned))


def _expected_before(state: State, service_id: str, former: BackStep) -> Expectation:
    """What "restored" demands: the same of the revision that it goes back to."""
    progress, rules = state.progress[service_id], state.plan.rules
    began = max(progress.since, state.resumed_at)
    return Expectation(
        service_id=service_id,
        revision=progress.revision,
        key=progress.key if progress.action is Action.RESTORE else "",
        since=progress.asked_at,
        deadline=_deadline(progress, began + rules.limits.verify_seconds),
        workloads=former.workloads,
        serves_http=former.serves_http,
        owners=former.owners,
        signals={SignalKind(kind): demand for kind, demand in rules.signals.items()},
        limits=rules.limits,
        verified_before=progress.verified_before,
        status_only=rules.status_only,
    )


def _fresh(state: State) -> Freshness | None:
    """What a service has to go on showing while it is watched."""
    watch = state.watch
    if watch is None or watch.ended_at is not None:
        return None
    return Freshness(HEALTH_SECONDS, REACHED_SECONDS, REQUESTS_SECONDS, watch.silence_seconds)


def _since(progress: Progress, resumed_at: Instant) -> Instant:
    """From when evidence counts: of a start, since then; of a mere look, since somebody looks."""
    if progress.action is Action.CHECK:
        return max(progress.asked_at, resumed_at)
    return progress.asked_at


def _is_good(evidence: Evidence) -> bool:
    """Whether a fact can only speak for a service, so that one that has passed stays so."""
    match evidence:
        case Signal():
            return evidence.count > 0
        case Health() | Connection():
            return evidence.answer is Answer.OK and evidence.instance != ""
        case Dependencies():
            return evidence.answer is Answer.OK and all(evidence.owners.values())
        case _:
            return False


def _deadline(progress: Progress, first: Instant) -> Instant:
    """A service that has passed is watched without an end; only sustained failure counts."""
    return FOREVER if progress.state in PROVEN else first


def _summary(seen: Seen) -> ServiceObserved:
    phases = {instance.phase for instance in seen.instances}
    phase = "absent"
    for candidate in (Phase.EXITED, Phase.STARTING, Phase.RUNNING):
        if candidate in phases:
            phase = str(candidate)
            break
    revisions = sorted({instance.revision for instance in seen.instances})
    exits = [i for i in seen.instances if i.phase is Phase.EXITED]
    detail = "; ".join(
        f"{i.workload} exited with {'?' if i.exit_code is None else i.exit_code}" for i in exits
    )
    return ServiceObserved(
        service_id=seen.service_id,
        phase=phase,
        revision=",".join(revisions),
        last_key=seen.last_key,
        detail=detail,
    )
