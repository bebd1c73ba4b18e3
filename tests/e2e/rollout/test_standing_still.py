"""Conductors and supervisors that stand still: whoever was overtaken does nothing more, and says so."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from e2e.rollout.field import Field, states
from e2e.rollout.test_chaos import check_history, check_starts, journal, marks

pytestmark = [pytest.mark.required("go"), pytest.mark.timeout(300)]
LEASE_SECONDS = 10.0


@contextmanager
def stopped_in_mid_rollout(field: Field) -> Generator[subprocess.Popen[str]]:
    """A rollout that stands still once some services run."""
    first = field.start("rollout", "--yes")
    try:
        deadline = time.monotonic() + 90.0
        while started(field) < 3:
            assert first.poll() is None, first.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        first.send_signal(signal.SIGSTOP)
        yield first
    finally:
        first.kill()
        first.communicate(timeout=60)


def started(field: Field) -> int:
    """How many workloads left their mark so far; 0 while folders come and go."""
    try:
        return len(field.starts())
    except FileNotFoundError:
        return 0


def test_a_conductor_that_stood_still_past_its_lease_says_who_went_on(go_mesh: Field) -> None:
    with stopped_in_mid_rollout(go_mesh) as first:
        refused = go_mesh.run("rollout", "--yes")
        assert refused.returncode == 1
        here = f"(tierline rollout, pid {first.pid} on "
        assert here in refused.stderr
        assert f", in {go_mesh.folder}/mesh) conducts R-" in refused.stderr
        assert "code: lease/held" in refused.stderr
        shown = go_mesh.run("status")
        assert f"conducted by root {here}" in shown.stdout.replace("\n    ", " "), shown.stdout
        time.sleep(LEASE_SECONDS)
        second = go_mesh.start("rollout", "--yes", "--format", "json")
        out, err = second.communicate(timeout=120)
        assert second.returncode == 0, (out, err)
        first.send_signal(signal.SIGCONT)
        _, told = first.communicate(timeout=60)
        assert first.returncode == 1, told
        assert f"the lease of local was lost to root (tierline rollout, pid {second.pid}" in told
        assert "; it goes on there, and nothing more is done here" in told
        assert "code: lease/lost" in told
    rows = journal(go_mesh.base)
    check_history(rows)
    check_starts(rows, marks(go_mesh.base))


def test_a_supervisor_that_stands_still_is_not_taken_for_dead(go_mesh: Field) -> None:
    assert go_mesh.rollout()[0] == 0
    before = go_mesh.starts()
    (supervisor,) = go_mesh.supervisors()
    supervisor.send_signal(signal.SIGSTOP)
    try:
        for words in (("status",), ("rollout", "--yes"), ("down", "--yes")):
            refused = go_mesh.run(*words)
            assert refused.returncode == 1, refused
            assert f"the supervisor (pid {supervisor.pid}) did not answer within" in refused.stderr
            assert f"let it go on: kill -CONT {supervisor.pid}" in refused.stderr
            assert "code: supervisor/silent" in refused.stderr
    finally:
        supervisor.send_signal(signal.SIGCONT)
    assert [one.pid for one in go_mesh.supervisors()] == [supervisor.pid]
    code, report = go_mesh.rollout()
    assert (code, set(states(report).values())) == (0, {"unchanged"})
    assert go_mesh.starts() == before
