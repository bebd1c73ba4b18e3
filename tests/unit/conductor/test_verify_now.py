"""Judging what runs now: what the target does not know is said at once, nothing is waited for."""

from __future__ import annotations

from rollouts import plan_of, planned
from tierline.conductor.reporter import Reporter
from tierline.conductor.verify import verify
from tierline.conductor.virtual import VirtualClock, run_virtually
from tierline.conductor.world import World
from tierline.rollout.state import ServiceState, State, Status
from tierline.store.memory import MemoryStore
from tierline.targets.simulated.target import SimulatedTarget
from tierline.targets.simulated.world import World as Simulated


def test_what_does_not_run_is_failed_without_a_wait() -> None:
    plan = plan_of(planned("M01-Accounts", 1, 0), planned("M05-Payments", 1, 1, ("M01-Accounts",)))

    async def run() -> State:
        clock = VirtualClock()
        target = SimulatedTarget(Simulated(clock.now), {})
        return await verify(World("local", MemoryStore(), target, clock, Reporter()), plan)

    state = run_virtually(run())
    assert state.status is Status.HELD
    assert {state.of(name).state for name in state.index.services} == {ServiceState.FAILED}
    assert {state.of(name).code for name in state.index.services} == {"boot/absent"}
    assert state.ended_at is not None
    assert state.ended_at - state.requested_at < 1.0
