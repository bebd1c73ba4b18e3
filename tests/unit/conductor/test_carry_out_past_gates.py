"""What began past gates goes on as that, and what began by the rules does not go on past them."""

from __future__ import annotations

import pytest

from made.conducting import Place, plan_for
from tierline.conductor.carry_out import Occupied
from tierline.conductor.virtual import run_virtually
from tierline.plan.admission import Admission
from tierline.store.memory import MemoryStore
from tierline.store.protocol import Entry

OWNERS = {"M01": (), "M02": ("M01",)}


class Killed(BaseException):
    """kill -9."""


class Mortal(MemoryStore):
    """Its process dies before the fourth write."""

    left = 4

    def append(self, environment: str, expected_seq: int, *entries: Entry) -> int:
        self.left -= 1
        if self.left == 0:
            raise Killed
        return super().append(environment, expected_seq, *entries)


def test_a_rollout_that_began_by_the_rules_does_not_go_on_past_them_unrecorded() -> None:
    async def run() -> None:
        place, plan = Place(store=Mortal()), plan_for(OWNERS)
        with pytest.raises(Killed):
            await place.carry(plan)
        fire = Admission((), "INC-42", ("approval/withdrawn",))
        with pytest.raises(Occupied) as caught:
            await place.carry(plan, admission=fire)
        assert caught.value.code == "rollout/began-whole"
        assert "--supersedes R-20231114-1" in caught.value.fix
        state = await place.carry(plan, supersedes="R-20231114-1", admission=fire)
        assert (state.rollout, state.requested.break_glass) == ("R-20231114-3", "INC-42")

    run_virtually(run())


def test_a_rollout_past_gates_goes_on_as_one() -> None:
    async def run() -> None:
        place, plan = Place(store=Mortal()), plan_for(OWNERS)
        fire = Admission((), "INC-42", ("approval/missing",))
        with pytest.raises(Killed):
            await place.carry(plan, admission=fire)
        state = await place.carry(plan, admission=fire)
        assert (state.rollout, state.requested.break_glass) == ("R-20231114-1", "INC-42")

    run_virtually(run())
