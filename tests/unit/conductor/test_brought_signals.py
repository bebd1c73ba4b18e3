"""What a service lists as the telemetry that it brings is required of it, whatever the policy asks."""

from __future__ import annotations

from dataclasses import replace

from made.conducting import Place, plan_for
from tierline.conductor.virtual import run_virtually
from tierline.facts.evidence import SignalKind
from tierline.rollout.state import ServiceState, State
from tierline.targets.simulated.behaviour import Behaviour

MUTE = Behaviour(missing_signals=(SignalKind.TRACES,))


def rolled_out(brings: tuple[SignalKind, ...]) -> State:
    plan = plan_for({"M01": ()})
    plan = replace(plan, services=(replace(plan.services[0], brings=brings),))

    async def run() -> State:
        return await Place({"M01": (MUTE,) * 5}).carry(plan)

    return run_virtually(run())


def test_what_a_service_does_not_bring_is_asked_of_nobody() -> None:
    assert rolled_out(()).of("M01").state is ServiceState.VERIFIED
    assert rolled_out((SignalKind.METRICS,)).of("M01").state is ServiceState.VERIFIED


def test_what_it_lists_and_does_not_bring_fails_it() -> None:
    failed = rolled_out((SignalKind.TRACES,)).of("M01")
    assert (failed.state, failed.code) == (ServiceState.FAILED, "telemetry/missing")
