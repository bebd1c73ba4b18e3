"""The table of gates names its judges; each name has to lead to one."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from tierline.readiness.gate import Gate
from tierline.readiness.gates import GATES


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.id)
def test_every_judge_of_the_table_is_there(gate: Gate) -> None:
    named = (gate.judge, gate.judge_service, gate.off, gate.judge_found)
    for judge in (one for one in named if one is not None):
        assert callable(getattr(import_module(judge.__module__), judge.__name__))


def test_the_table_imports_no_judge() -> None:
    words = "import sys, tierline.readiness.gates; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True
    )
    judges = {"breaking", "boundaries", "config", "index", "lifecycle", "structure", "tested"}
    assert not {f"tierline.readiness.{one}" for one in judges} & set(loaded.stdout.split())
