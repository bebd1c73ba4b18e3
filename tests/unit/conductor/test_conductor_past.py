"""What a journal adds up to: what was verified, how long it took, and that it may be continued."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made.conducting import HERE, Place, plan_for
from tierline.conductor.carry_out import Occupied
from tierline.conductor.history import last_at, past_of
from tierline.conductor.past import NOTHING
from tierline.conductor.virtual import run_virtually
from tierline.rollout.events import EffectIntended, Event
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Entry
from tierline.targets.simulated.behaviour import Behaviour

CHAIN = {"M01": (), "M02": ("M01",), "M03": ("M02",), "M04": ()}
ILL = (Behaviour(healthy_after=None), Behaviour())


def test_the_past_tells_what_was_verified_and_how_long_it_took() -> None:
    async def run() -> None:
        slow = Behaviour(healthy_after=2.0)
        place = Place({"M01": (slow,), "M02": ILL})
        plan = plan_for(CHAIN)
        assert past_of(place.store, HERE).verified == {}
        state = await place.carry(plan)
        past = past_of(place.store, HERE)
        ids = {service.service_id: service.revision.id for service in plan.services}
        assert past.rollouts == (state.rollout,)
        assert dict(past.verified) == {name: ids[name] for name in ("M01", "M04")}
        assert set(past.seconds) == {"M01", "M04"}
        assert past.seconds["M04"] < 2.0 < past.seconds["M01"] < 3.0
        assert last_at(place.store, HERE) == max(row.at for row in place.store.read(HERE))

    run_virtually(run())


def test_the_past_forgets_what_an_intent_or_a_failure_took_back() -> None:
    store = MemoryStore()
    events = run_virtually(_history())
    for number, event in enumerate(events):
        store.append(HERE, number, Entry("R-1", 1, float(number), [event]))
        if isinstance(event, EffectIntended):
            assert event.service_id not in past_of(store, HERE).verified
    assert set(past_of(store, HERE).verified) == {"M04"}


def test_the_past_can_be_continued_from_anywhere() -> None:
    store, half = MemoryStore(), NOTHING
    for number, event in enumerate(run_virtually(_history())):
        store.append(HERE, number, Entry("R-1", 1, float(number), [event]))
        half = past_of(store, HERE, half)
        assert half == past_of(store, HERE)
    assert past_of(MemoryStore(), HERE, half) == NOTHING, "another journal than it was made of"


async def _history() -> list[Event]:
    """Verified at one revision, failed at another."""
    place = Place({"M01": (Behaviour(), Behaviour(healthy_after=None))})
    await place.carry(plan_for(CHAIN))
    await place.carry(plan_for({"M01": (), "M04": ()}, "two"))
    rest = replace(plan_for(CHAIN, "two"))
    with pytest.raises(Occupied):
        await place.carry(rest)
    ended = place.events()
    touched = {e.service_id for e in ended if isinstance(e, EffectIntended)}
    assert touched == set(CHAIN)
    return [e for e in ended if getattr(e, "service_id", "") in {"", "M01", "M04"}]
