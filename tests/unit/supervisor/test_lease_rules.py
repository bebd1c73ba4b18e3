"""Who gets the lease, and which token; by which clock it ends, and who counts as dead."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tierline.conductor.lease import this_holder
from tierline.errors import PermanentError
from tierline.supervisor.lease import Lease, LeaseKeeper, Moment, grant, is_dead
from tierline.targets.host import process
from tierline.targets.local.messages import Claim, Claimed, HeldBy
from tierline.targets.protocol import Holder

ME = Holder("me", "here", "boot", 1, 100)
RIVAL = replace(ME, name="rival", pid=2)
HELD = Lease(5, "local", ME, 1000.0, 30.0, 130.0, "boot", 5)


def claim(holder: Holder, ttl: float = 30.0) -> Claim:
    return Claim("local", holder, ttl)


def when(at: float, ahead: float = 900.0) -> Moment:
    """An instant, where the wall clock is so much ahead of the monotonic one."""
    return Moment(at, at - ahead)


def alive(_: Holder) -> bool:
    return False


def dead(_: Holder) -> bool:
    return True


def test_the_first_gets_the_first_token() -> None:
    granted = grant(Lease(boot="boot"), claim(ME), when(1000.0), alive)
    assert granted == Lease(1, "local", ME, 1000.0, 30.0, 130.0, "boot", 1)


def test_the_same_holder_renews_with_the_same_token_even_late() -> None:
    assert grant(HELD, claim(ME), when(1010.0), alive) == replace(HELD, until=140.0)
    assert grant(HELD, claim(ME), when(9999.0), alive) == replace(HELD, until=9129.0)


def test_a_holder_whose_token_was_overtaken_gets_a_new_one() -> None:
    granted = grant(replace(HELD, token=9), claim(ME), when(1010.0), alive)
    assert isinstance(granted, Lease)
    assert (granted.token, granted.given) == (10, 10)


def test_a_living_holder_is_left_alone_within_its_time() -> None:
    assert grant(HELD, claim(RIVAL), when(1029.9), alive) == HeldBy(ME, 1000.0, 1030.0, 5)


@pytest.mark.parametrize(("now", "judge"), [(1001.0, dead), (1030.0, alive)])
def test_the_dead_and_the_late_lose_it(now: float, judge: object) -> None:
    granted = grant(HELD, claim(RIVAL), when(now), dead if judge is dead else alive)
    assert granted == Lease(6, "local", RIVAL, now, 30.0, now - 870.0, "boot", 6)


@pytest.mark.parametrize("hours", [-5, 5])
def test_setting_the_wall_clock_neither_ends_nor_prolongs_it(hours: int) -> None:
    jump = 3600.0 * hours
    early, late = Moment(1029.9 + jump, 129.9), Moment(1030.0 + jump, 130.0)
    assert grant(HELD, claim(RIVAL), early, alive) == HeldBy(ME, 1000.0, 1030.0 + jump, 5)
    assert isinstance(grant(HELD, claim(RIVAL), late, alive), Lease)


def test_nobody_gets_it_for_longer_than_an_hour() -> None:
    granted = grant(Lease(), claim(ME, 1e12), Moment(0.0, 0.0), alive)
    assert isinstance(granted, Lease)
    assert granted.until == 3600.0


def test_the_counter_survives_and_only_grows(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    keeper = LeaseKeeper(path, 100.0)
    assert keeper.claim(claim(ME), when(1000.0)) == Claimed(1, 1030.0)
    assert [keeper.admit(fence) for fence in (0, 1, 4, 3, 4)] == [False, True, True, False, True]
    keeper.release(1)
    later = LeaseKeeper(path, 100.0)
    assert (later.lease.token, later.lease.holder) == (4, None)
    assert later.claim(claim(RIVAL), when(1001.0)) == Claimed(5, 1031.0)
    later.release(1)
    assert later.lease.holder == RIVAL


def test_a_successor_of_the_same_boot_goes_on_counting(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    LeaseKeeper(path, 100.0).claim(claim(ME), when(1000.0))
    assert LeaseKeeper(path, 110.0).lease.until == 130.0


@pytest.mark.parametrize("elapsed", [3.0, 90_000.0])
def test_after_a_reboot_it_lasts_for_its_time_again_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elapsed: float
) -> None:
    path = tmp_path / "lease.json"
    LeaseKeeper(path, 5000.0).claim(claim(ME), Moment(1000.0, 5000.0))
    monkeypatch.setattr(process, "boot_id", lambda: "the next boot")
    later = LeaseKeeper(path, elapsed)
    assert later.lease.until == elapsed + 30.0
    assert isinstance(later.claim(claim(RIVAL), Moment(1.0, elapsed + 29.9)), HeldBy)
    assert later.claim(claim(RIVAL), Moment(2.0, elapsed + 30.0)) == Claimed(2, 32.0)


def test_a_lease_in_words_of_an_older_version_is_free_and_its_tokens_count(tmp_path: Path) -> None:
    path = tmp_path / "lease.json"
    holder = {"name": "me", "host": "here", "boot": "b", "pid": 1, "started_at": 1.5}
    old = {"token": 7, "environment": "local", "holder": holder, "since": 1.0, "until": 1e12}
    path.write_text(json.dumps({**old, "given": 7}))
    assert LeaseKeeper(path, 0.0).claim(claim(RIVAL), when(1001.0)) == Claimed(8, 1031.0)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"holder": 3}', '{"holder": null, "odd": 1}'])
def test_a_damaged_file_is_no_fresh_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "lease.json").write_text(text)
    with pytest.raises(PermanentError, match="is damaged"):
        LeaseKeeper(tmp_path / "lease.json", 0.0)


def test_who_is_dead() -> None:
    mine = this_holder("me")
    assert (mine.pid, mine.host) == (os.getpid(), socket.gethostname())
    assert not is_dead(mine)
    assert is_dead(replace(mine, started=mine.started - 1)), "the pid came again"
    assert not is_dead(replace(mine, started=1, host="elsewhere")), "nobody can know"
    assert not is_dead(replace(mine, started=1, boot="another")), "nobody can know"
    with subprocess.Popen(["sleep", "100"]) as child:
        began = process.look(child.pid)
        assert began is not None
        theirs = replace(mine, pid=child.pid, started=began.started)
        assert not is_dead(theirs)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_dead(theirs), "a zombie"
    assert is_dead(theirs)
