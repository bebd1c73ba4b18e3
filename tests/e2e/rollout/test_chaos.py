"""Two clones, ten commands at once, kill -9 and standing still: one history, no effect of a lost lease.

What was really started is counted from outside: every start of a service leaves a mark of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from e2e.rollout.conftest import copy_go_mesh
from e2e.rollout.field import Field, states
from e2e.rollout.storm import Spoken, Storm
from tierline.rollout.events import Action, EffectIntended, Ending, Recorded, RolloutEnded
from tierline.store.sqlite import SqliteStore

SEEDS = [int(seed) for seed in os.environ.get("TIERLINE_CHAOS_SEEDS", "7").split()]
SECONDS = float(os.environ.get("TIERLINE_CHAOS_SECONDS", "60"))
DELAY = 3.0
"""seconds that a started service may take on a loaded machine until it leaves its mark"""
REFUSALS = {
    "lease/held",
    "lease/lost",
    "rollout/moved",
    "rollout/none",
    "rollout/occupied",
    "rollout/over",
    "store/locked",
    "supervisor/ending",
    "supervisor/gone",
    "supervisor/silent",
    "target/silent",
    "verify/nothing-runs",
}
"""the codes with which a command may end that others were quicker than"""


def two_clones(base: Path) -> tuple[Field, Field]:
    """Two checkouts of one repository; every service of the second one is of another revision."""
    first, second = base / "one", base / "two"
    copy_go_mesh(first)
    subprocess.run(["git", "clone", "-q", str(first), str(second)], check=True)
    for main in second.glob("mesh/services/*/*/cmd/*/main.go"):
        main.write_text(main.read_text() + "\n// of the second clone\n")
    return Field(first, base), Field(second, base)


@pytest.mark.required("go")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", SEEDS)
def test_two_clones_and_ten_commands_at_once(base: Path, seed: int) -> None:
    one, two = fields = two_clones(base)
    said = base / "said"
    said.mkdir()
    storm = Storm(fields, Random(seed), said)
    try:
        assert one.rollout()[0] == two.rollout()[0] == 0
        storm.run(SECONDS)
        check_what_was_said(storm.spoken)
        check_it_ends_go(two)
        rows = journal(base)
        check_history(rows)
        check_starts(rows, marks(base))
    finally:
        one.down()


def journal(base: Path) -> list[Recorded]:
    """Every row; reading them checks seals, links and numbers."""
    (path,) = (base / "s").glob("tierline/*/journal.db")
    with closing(SqliteStore(path)) as store:
        return list(store.read("local"))


def marks(base: Path) -> list[tuple[float, str]]:
    """When which launch (`<key, / as _>.<workload>`) left its mark."""
    found: list[tuple[float, str]] = []
    for log in (base / "s").rglob("starts.log"):
        for line in log.read_text().splitlines():
            at, _, workload, _, launch = line.split()
            assert launch.endswith(f".{workload}"), line
            found.append((float(at), launch.removeprefix("as=")))
    return found


def check_what_was_said(spoken: Iterable[Spoken]) -> None:
    """Whoever was not killed has either done its work or says why not, with a code and a fix."""
    for one in spoken:
        err, code = one.err.read_text(), one.process.returncode
        assert "Traceback" not in err, one.told
        assert "a defect of tierline" not in err, one.told
        if one.killed:
            continue
        assert code in {0, 1, 2, 3, 4}, one.told
        if code in {1, 2}:
            assert err.startswith("tierline: ") or "\ntierline: " in err, one.told
            assert re.search(r"^  fix: \S", err, re.MULTILINE), one.told
            found = re.search(r"^  code: (\S+)$", err, re.MULTILINE)
            assert found, one.told
            assert found[1] in REFUSALS, one.told
            if found[1] == "lease/held":
                assert re.search(
                    r"\(tierline [a-z]+, pid \d+ on \S+, in /\S+\) (conducts|has the lease)", err
                ), err


def check_it_ends_go(field: Field) -> None:
    """After the storm: what is open is resumed or superseded, and then everything works."""
    code, report = field.rollout("--supersedes", "latest")
    if code != 0:
        done = field.run("resume", "--format", "json")
        assert done.returncode == 0, f"{report}\n{done.stdout}\n{done.stderr}"
        return
    assert set(states(report).values()) <= {"verified", "unchanged"}


def check_history(rows: list[Recorded]) -> None:
    """One history: no gap, and never a token lower than one before."""
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    tokens = [row.token for row in rows]
    assert tokens == sorted(tokens)
    keys = Counter(row.event.key for row in rows if isinstance(row.event, EffectIntended))
    assert set(keys.values()) <= {1}, keys


def check_starts(rows: list[Recorded], found: list[tuple[float, str]]) -> None:
    """Nothing ran that was not announced, nothing twice, nothing after its rollout was taken over."""
    twice = {name: n for name, n in Counter(launch for _, launch in found).items() if n > 1}
    assert not twice
    announced = _announced(rows)
    over = _over(rows)
    for at, launch in found:
        file = launch.rpartition(".")[0]
        assert file in announced, launch
        intended = announced[file]
        assert intended.at <= at + DELAY, launch
        assert at <= over.get(intended.rollout, float("inf")) + DELAY, launch


def _announced(rows: list[Recorded]) -> Mapping[str, Recorded]:
    return {
        row.event.key.replace("/", "_"): row
        for row in rows
        if isinstance(row.event, EffectIntended) and row.event.action is Action.APPLY
    }


def _over(rows: list[Recorded]) -> Mapping[str, float]:
    """Rollout -> when it ended for good."""
    final = {Ending.ABORTED, Ending.SUPERSEDED}
    return {
        row.rollout: row.at
        for row in rows
        if isinstance(row.event, RolloutEnded) and row.event.ending in final
    }
