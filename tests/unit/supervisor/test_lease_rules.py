"""Who gets the lease, and which token."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tierline.errors import PermanentError
from tierline.supervisor.lease import Lease, LeaseKeeper, grant
from tierline.targets.local.messages import Claim, Claimed, HeldBy
from tierline.targets.protocol import Holder

ME = Holder("me", "here", "boot", 1, 100.0)
RIVAL = replace(ME, name="rival", pid=2)
HELD = Lease(5, "local", ME, 1000.0, 1030.0, 5)


def claim(holder: Holder, ttl: float = 30.0) -> Claim:
    return Claim("local", holder, ttl)


def alive(_: Holder) -> bool:
    return False


def dead(_: Holder) -> bool:
    return True


def test_the_first_gets_the_first_token() -> None:
    assert grant(Lease(), claim(ME), 1000.0, alive) == Lease(1, "local", ME, 1000.0, 1030.0, 1)


def test_the_same_holder_renews_with_the_same_token_even_late() -> None:
    assert grant(HELD, claim(ME), 1010.0, alive) == replace(HELD, until=1040.0)
    assert grant(HELD, claim(ME), 9999.0, alive) == replace(HELD, until=10029.0)


def test_a_holder_whose_token_was_overtaken_gets_a_new_one() -> None:
    granted = grant(replace(HELD, token=9), claim(ME), 1010.0, alive)
    assert isinstance(granted, Lease)
    assert (granted.token, granted.given) == (10, 10)


def test_a_living_holder_is_left_alone_within_its_time() -> None:
    assert grant(HELD, claim(RIVAL), 1029.9, alive) == HeldBy(ME, 1000.0, 1030.0)


@pytest.mark.parametrize(("now", "judge"), [(1001.0, dead), (1030.0, alive)])
def test_the_dead_and_the_late_lose_it(now: float, judge: object) -> None:
    granted = grant(HELD, claim(RIVAL), now, dead if judge is dead else alive)
    assert granted == Lease(6, "local", RIVAL, now, now + 30.0, 6)


def test_nobody_gets_it_for_longer_than_an_hour() -> None:
    granted = grant(Lease(), claim(ME, 1e12), 0.0, alive)
    assert isinstance(granted, Lease)
    assert granted.until == 3600.0


def test_the_counter_survives_and_only_grows(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    keeper = LeaseKeeper(path)
    assert keeper.claim(claim(ME), 1000.0) == Claimed(1, 1030.0)
    assert [keeper.admit(fence) for fence in (0, 1, 4, 3, 4)] == [False, True, True, False, True]
    keeper.release(1)
    later = LeaseKeeper(path)
    assert (later.lease.token, later.lease.holder) == (4, None)
    assert later.claim(claim(RIVAL), 1001.0) == Claimed(5, 1031.0)
    later.release(1)
    assert later.lease.holder == RIVAL


@pytest.mark.parametrize("text", ["", "[]", "{", '{"holder": 3}', '{"holder": null, "odd": 1}'])
def test_a_damaged_file_is_no_fresh_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "lease.json").write_text(text)
    with pytest.raises(PermanentError, match="is damaged"):
        LeaseKeeper(tmp_path / "lease.json")
