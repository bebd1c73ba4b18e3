"""Plans and rollouts for tests, told in few words: who owns whose data, then what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tierline.facts.decision import Decision
from tierline.facts.revision import Part, Revision
from tierline.plan.model import Batch, Overruled, Plan, PlannedService, Rules
from tierline.policy.model import Limits, OnFailure, OnTierFailure, TierMode
from tierline.rollout.events import (
    Action,
    Command,
    CommandAccepted,
    EffectIntended,
    EffectSettled,
    Ending,
    Event,
    Judged,
    RolloutEnded,
    RolloutRequested,
    ServiceJudged,
    effect_key,
)
from tierline.rollout.evolve import begin, evolve
from tierline.rollout.state import State

START = 1_777_888_800.0
"""2026-05-04 10:00:00 UTC, when every told rollout begins"""
ROLLOUT = "R-20260504-1"


def planned(service_id: str, tier: int, level: int, owners: tuple[str, ...] = ()) -> PlannedService:
    """A service of a plan; `replace` it for what a test needs otherwise."""
    return PlannedService(
        service_id=service_id,
        tier=tier,
        effective_tier=tier,
        level=level,
        batch=f"t{tier}-l{level}",
        owners=owners,
        outside=(),
        externals=(),
        revision=Revision((Part("service tree", f"{service_id}-1"),)),
        workloads=("api",),
        serves_http=True,
        decision=Decision.GO,
        expected_seconds=1.0,
        rank=0,
    )


def plan_of(*services: PlannedService, outside: Mapping[str, str] | None = None) -> Plan:
    """A GO plan of the services, ranked as given."""
    ranked = tuple(replace(service, rank=rank) for rank, service in enumerate(services))
    names = sorted({service.batch for service in ranked})
    return Plan(
        digest="0123456789abcdef0123456789abcdef",
        environment="local",
        target="local",
        mesh="shop",
        selection="",
        decision=Decision.GO,
        services=ranked,
        batches=tuple(_batch(name, ranked) for name in names),
        overruled=tuple(
            Overruled(one.service_id, one.tier, one.effective_tier, one.owners[0])
            for one in ranked
            if one.tier != one.effective_tier
        ),
        blockers=(),
        outside=dict(outside or {}),
        rules=Rules(
            tiers=TierMode.STRICT,
            on_failure=OnFailure.HOLD,
            on_tier_failure=OnTierFailure.CONTINUE,
            limits=Limits(),
            signals={},
        ),
        policy_digest="fedcba9876543210fedcba9876543210",
        bound_seconds=3.0,
        bound_untiered_seconds=2.0,
    )


def _batch(name: str, services: tuple[PlannedService, ...]) -> Batch:
    inside = [service for service in services if service.batch == name]
    names = tuple(sorted(service.service_id for service in inside))
    return Batch(name, inside[0].effective_tier, inside[0].level, names)


SHOP = plan_of(
    planned("M80-Event-Bus", 0, 0),
    planned("M01-Accounts", 1, 0),
    planned("M05-Payments", 1, 1, ("M01-Accounts",)),
    replace(planned("M02-Audit", 1, 2, ("M05-Payments",)), tier=0),
    replace(planned("M20-Orders", 2, 3, ("M02-Audit",)), externals=("M98-Tax",)),
    planned("M30-Search", 2, 0),
)
"""Accounts <- Payments <- Audit <- Orders; Event-Bus and Search stand alone."""


@dataclass
class Story:
    """A rollout as it is told: each line happens `step` seconds after the one before."""

    plan: Plan = SHOP
    unchanged: tuple[str, ...] = ()
    step: float = 0.5
    now: float = START
    state: State = field(init=False)

    def __post_init__(self) -> None:
        requested = RolloutRequested(self.plan.digest, "ada", unchanged=self.unchanged)
        self.state = begin(self.plan, ROLLOUT, requested, self.now)

    def then(self, event: Event) -> Story:
        """Anything else that can happen."""
        self.now += self.step
        self.state = evolve(self.state, event, self.now)
        return self

    def start(self, service_id: str, action: Action = Action.APPLY) -> Story:
        """The next attempt is intended and accepted."""
        attempt = self.state.of(service_id).attempt + 1
        key = effect_key(ROLLOUT, service_id, action, attempt)
        self.then(EffectIntended(key, service_id, action, attempt, self._revision(service_id)))
        return self.then(EffectSettled(key, service_id, "accepted"))

    def judge(self, service_id: str, verdict: Judged, code: str = "", message: str = "") -> Story:
        """Verification speaks of the latest attempt."""
        key = self.state.of(service_id).key
        revision = self._revision(service_id)
        return self.then(ServiceJudged(service_id, key, verdict, revision, code, message))

    def verify(self, *service_ids: str) -> Story:
        """Each is started and found well."""
        for service_id in service_ids:
            self.start(service_id).judge(service_id, Judged.VERIFIED)
        return self

    def fail(self, service_id: str, code: str, message: str) -> Story:
        """It is started and found broken."""
        return self.start(service_id).judge(service_id, Judged.FAILED, code, message)

    def ask(self, command: Command, reason: str = "") -> Story:
        """A person asks for something."""
        return self.then(CommandAccepted(1, command, "ada", reason))

    def end(self, ending: Ending, reason: str = "") -> State:
        """The rollout ends."""
        return self.then(RolloutEnded(ending, reason)).state

    def _revision(self, service_id: str) -> str:
        service = self.state.index.services.get(service_id)
        return service.revision.id if service else self.plan.outside[service_id]


def completed() -> State:
    """SHOP, all verified."""
    names = [service.service_id for service in SHOP.services]
    return Story().verify(*names).end(Ending.COMPLETED)


def held_by_payments() -> State:
    """SHOP, in which Payments exits at start: what reads its data is held, the rest is verified."""
    story = Story().verify("M80-Event-Bus", "M01-Accounts")
    story.fail("M05-Payments", "boot/exit", "exited with code 3 after 0.2 s: no such table: ledger")
    story.verify("M30-Search")
    return story.end(Ending.HELD, "M05-Payments failed; 3 of 6 not verified")
