"""Rollouts told in tests/cases/rollout.yaml, step by step: what is decided, and how all stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from rollouts import ROLLOUT, START, plan_of, planned
from tierline.plan.model import Checkpoint, Plan
from tierline.policy.model import Limits, OnTierFailure, TierMode
from tierline.rollout.blocked import chain, why
from tierline.rollout.choices import Choice, Consider, Decided, End, Intend, Resend, Stop
from tierline.rollout.decide import decide
from tierline.rollout.events import (
    Command,
    CommandAccepted,
    EffectSettled,
    Ending,
    Event,
    Judged,
    LeaseAcquired,
    RolloutEnded,
    RolloutRequested,
    ServiceJudged,
)
from tierline.rollout.evolve import begin, evolve
from tierline.rollout.state import State

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "rollout.yaml").read_text())
ANSWERS = {
    "accept": ("accepted", False),
    "refuse": ("refused", False),
    "busy": ("refused", True),
    "unknown": ("unknown", False),
}


def plan_from(case: dict[str, Any]) -> Plan:
    words = {name: str(text).split() for name, text in case["services"].items()}
    levels: dict[str, int] = {}
    services = []
    for name, (tier, *names) in words.items():
        owners = tuple(o for o in names if o in words)
        levels[name] = max((levels[o] + 1 for o in owners), default=0)
        service = planned(name, int(tier), levels[name], owners)
        services.append(replace(service, outside=tuple(o for o in names if o not in words)))
    outside = {o: f"{o}-1" for service in services for o in service.outside}
    rules = dict(case.get("rules", {}))
    tiers = TierMode(rules.pop("tiers", "strict"))
    on_tier_failure = OnTierFailure(rules.pop("on_tier_failure", "continue"))
    plan = plan_of(*services, outside=outside)
    changed = replace(
        plan.rules, tiers=tiers, on_tier_failure=on_tier_failure, limits=Limits(**rules)
    )
    return replace(plan, rules=changed, checkpoint=Checkpoint(case.get("checkpoint", "none")))


class Teller:
    """Plays the steps of one case; each fails with what it found instead."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.now = START
        requested = RolloutRequested("digest", "ada", tuple(case.get("unchanged", ())))
        self.state: State = begin(plan_from(case), ROLLOUT, requested, START)

    def happen(self, event: Event) -> None:
        self.state = evolve(self.state, event, self.now)

    def step(self, line: str) -> None:
        self.now += 1.0
        verb, _, rest = line.partition(" ")
        tell: dict[str, Callable[[str], None]] = {
            "=>": self.decides,
            "why": self.explains,
            "chain": self.leads,
            "wait": self.waits,
            "taken": lambda _: self.happen(LeaseAcquired("other", 7)),
            "unbuilt": self.is_not_built,
            "breaks": self.breaks,
            "supersede": lambda _: self.is_superseded(),
        }
        if verb in tell:
            tell[verb](rest)
        elif verb in ANSWERS:
            self.answers(rest, *ANSWERS[verb])
        elif verb in set(Judged):
            self.judges(rest, Judged(verb))
        elif verb in set(Command):
            passes = self.state.waits_at if verb == "resume" else ""
            self.happen(CommandAccepted(1, Command(verb), "ada", "because", passes))
        else:
            self.stands(line)

    def decides(self, expected: str) -> None:
        decided = decide(self.state, self.now)
        assert shown(decided, self.now) == expected
        for choice in decided.choices:
            if isinstance(choice, Intend | Stop):
                self.happen(choice.event)
            elif isinstance(choice, End):
                self.happen(RolloutEnded(choice.ending, choice.reason))

    def explains(self, text: str) -> None:
        name, _, expected = text.partition(": ")
        blocked = why(self.state, name)
        assert "; ".join(f"{b.kind} {b.by}, {b.message}" for b in blocked) == expected

    def leads(self, text: str) -> None:
        name, _, expected = text.partition(": ")
        assert " ".join(chain(self.state, name)) == expected

    def waits(self, seconds: str) -> None:
        self.now += float(seconds) - 1.0

    def key(self, named: str) -> tuple[str, str]:
        """(service, key) of `S`, its latest attempt, or of `S/1`."""
        name, _, attempt = named.partition("/")
        latest = self.state.of(name).key
        return name, latest.rsplit("/", 1)[0] + f"/{attempt}" if attempt else latest

    def answers(self, named: str, outcome: str, temporary: bool) -> None:
        name, key = self.key(named)
        self.happen(EffectSettled(key, name, outcome, "some/code", f"of {name}", temporary))

    def judges(self, named: str, verdict: Judged) -> None:
        name, key = self.key(named)
        message = "" if verdict is Judged.VERIFIED else f"of {name}"
        self.happen(ServiceJudged(name, key, verdict, "", "some/code", message))

    def breaks(self, text: str) -> None:
        named, _, consumers = text.partition(": ")
        name, key = self.key(named)
        holds = tuple(consumers.split())
        verdict = Judged.VERIFIED
        self.happen(ServiceJudged(name, key, verdict, "", "some/code", f"of {name}", "", holds))

    def is_not_built(self, name: str) -> None:
        self.judges(name, Judged.FAILED)

    def is_superseded(self) -> None:
        self.happen(CommandAccepted(0, Command.SUPERSEDE, "ada"))
        self.happen(RolloutEnded(Ending.SUPERSEDED, "superseded"))

    def stands(self, line: str) -> None:
        found = [
            f"{name} is {self.state.status if name == 'status' else self.state.of(name).state}"
            for name in (part.split()[0] for part in line.split(", "))
        ]
        assert ", ".join(found) == line


def shown(decided: Decided, now: float) -> str:
    text = ", ".join(map(describe, decided.choices)) or "nothing"
    return text if decided.wake_at is None else f"{text}, again in {decided.wake_at - now:g}"


def describe(choice: Choice) -> str:
    match choice:
        case Intend():
            assert choice.event.key.endswith(f"/{choice.event.action}/{choice.event.attempt}")
            return f"{choice.event.action} {choice.event.service_id}/{choice.event.attempt}"
        case Resend():
            return f"resend {choice.service_id}/{choice.key.rsplit('/', 1)[1]}"
        case Stop():
            return f"stop after {choice.event.after}"
        case Consider():
            return "consider"
        case End():
            return f"end {choice.ending}" + (f": {choice.reason}" if choice.reason else "")


def names(cases: Iterable[dict[str, Any]]) -> list[str]:
    return [case["name"] for case in cases]


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_rollout_goes_as_told(case: dict[str, Any]) -> None:
    teller = Teller(case)
    for number, line in enumerate(case["steps"], 1):
        try:
            teller.step(line)
        except AssertionError as error:
            raise AssertionError(f"step {number} `{line}`: {error}") from error


def test_names_of_cases_are_unique() -> None:
    assert len(set(names(CASES))) == len(CASES) > 30
