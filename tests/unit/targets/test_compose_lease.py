"""The lease of a host: who has it, who gets it, and what its token says."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tierline.conductor.lease import this_holder
from tierline.errors import PermanentError
from tierline.targets.compose.lease import HostLease
from tierline.targets.protocol import LeaseHeld

ME = this_holder("me")
OTHER = replace(ME, name="other")
DEAD = replace(ME, name="dead", started=ME.started + 1)
ELSEWHERE = replace(ME, name="elsewhere", host="another-host")


def test_it_is_kept_by_its_holder_and_refused_to_others(tmp_path: Path) -> None:
    first = HostLease(tmp_path).claim(ME, 0, 100.0)
    assert (first.token, first.until) == (1, 110.0)
    assert HostLease(tmp_path).claim(ME, 0, 105.0).token == 1
    with pytest.raises(LeaseHeld) as caught:
        HostLease(tmp_path).claim(OTHER, 0, 105.0)
    assert (caught.value.holder.pid, caught.value.since) == (os.getpid(), 100.0)


def test_a_released_one_is_won_with_a_higher_token(tmp_path: Path) -> None:
    lease = HostLease(tmp_path)
    first = lease.claim(ME, 0, 100.0)
    lease.release(first.token)
    assert lease.holder() is None
    assert lease.claim(OTHER, 41, 100.0).token == 42
    assert lease.admits(42)
    assert not lease.admits(1)
    lease.release(first.token)
    assert lease.holder() is not None


def test_a_dead_holder_of_this_host_is_taken_over_from_at_once(tmp_path: Path) -> None:
    lease = HostLease(tmp_path)
    assert lease.claim(DEAD, 0, 100.0).token == 1
    assert lease.claim(ME, 0, 100.0).token == 2


def test_a_holder_elsewhere_has_it_for_its_time(tmp_path: Path) -> None:
    lease = HostLease(tmp_path)
    lease.claim(ELSEWHERE, 0, 100.0)
    with pytest.raises(LeaseHeld):
        lease.claim(ME, 0, 100.0)


def test_a_damaged_one_is_no_free_one(tmp_path: Path) -> None:
    (tmp_path / "lease.json").write_text('{"token": "many"')
    with pytest.raises(PermanentError, match="is damaged"):
        HostLease(tmp_path).claim(ME, 0, 100.0)
