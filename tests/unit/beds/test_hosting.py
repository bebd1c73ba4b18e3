"""What a machine lacks for a node is told one by one, each with what would help."""

from __future__ import annotations

from pathlib import Path

import pytest
from beds.failure import CannotHostError
from beds.kube import bed, hosting


def test_who_is_not_root_is_told_so_and_what_can_be_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 65534)
    with pytest.raises(CannotHostError) as caught:
        bed.missing(bed.Wanted())
    assert str(caught.value) == (
        "this machine cannot host a node:\n"
        "  - not root: networks, mounts and control groups are made\n"
        "A control plane can be had all the same: .venv/bin/python tools/beds kube up --no-node"
    )


def test_programs_that_are_missing_are_told_with_their_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(hosting, "_PROGRAMS", {"no-such-program": "runc"})
    monkeypatch.setattr(hosting, "CNI", tmp_path)
    told = hosting.missing_for_node()
    assert "no no-such-program: install runc" in told
    assert f"no {tmp_path / 'ptp'}: install containernetworking-plugins" in told


def test_control_groups_that_are_missing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("beds.kube.cgroups.hierarchies", dict)
    assert list(hosting._missing_groups()) == [
        "no control groups: none is mounted below /sys/fs/cgroup",
        "no control group of memory",
        "no control group of cpu",
        "no control group of pids",
    ]
