"""The ledger over ten real rollouts: entries survive, re-open instead of doubling, close by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e.retreat import M01, M02, M11, SELECTION
from e2e.rollout.field import Field, states

MAIN = "def main():\n"
EXITS = MAIN + '    sys.exit("no licence")\n'
NO_PROGRAM = MAIN + "    (\n"


class Ledger:
    """The demo mesh of which three services are released, and what is unresolved after each time."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._held = False
        self.rollouts: list[str] = []

    def write(self, service: str, begin: str) -> None:
        """From now on a service's program begins so."""
        (file,) = self.field.folder.glob(f"mesh/services/*/{service[:3]}-*/cmd/api/main.py")
        text = file.read_text()
        for known in (EXITS, NO_PROGRAM):
            text = text.replace(known, MAIN)
        file.write_text(text.replace(MAIN, begin))

    def release(self) -> tuple[str, set[str]]:
        """One rollout more: how it ended, and who did not pass."""
        over = ("--supersedes", "latest") if self._held else ()
        _, report = self.field.rollout(SELECTION, *over)
        self._held = report["state"] == "held"
        self.rollouts.append(report["rollout_id"])
        passed = {"verified", "unchanged"}
        return report["state"], {name for name, at in states(report).items() if at not in passed}

    def entries(self, *words: str) -> dict[tuple[str, str], dict[str, Any]]:
        """(service, code) -> entry of those that are about what the three services do."""
        told = self.field.run("issues", "list", *words, "--format", "json")
        listed = json.loads(told.stdout)["issues"]
        mine = [one for one in listed if one["service_id"] in {M01, M02, M11}]
        found = {(one["service_id"], one["code"]): one for one in mine}
        assert len(found) == len(mine) == len({one["id"] for one in mine}), "an entry is doubled"
        return found


@pytest.fixture
def ledger(demo: Field) -> Ledger:
    return Ledger(demo)


@pytest.mark.timeout(600)
def test_ten_rollouts_with_the_same_and_with_other_causes(ledger: Ledger) -> None:
    assert ledger.release() == ("completed", set())
    noise = set(ledger.entries())

    def trouble(*words: str) -> dict[str, dict[str, Any]]:
        """Code or, of M01, its name -> entry that came since."""
        new = {key: one for key, one in ledger.entries(*words).items() if key not in noise}
        return {f"{name[:3]} {code}": one for (name, code), one in new.items()}

    ledger.write(M02, EXITS)
    assert ledger.release() == ("held", {M02})
    ((exits, first),) = trouble().items()
    assert ledger.release() == ("held", {M02})
    ((same, second),) = trouble().items()
    assert (same, second["id"], second["reopened"]) == (exits, first["id"], 0)

    ledger.write(M02, NO_PROGRAM)
    assert ledger.release() == ("held", {M02})
    assert len(trouble()) == 2, "another cause is another entry, and the first survives"
    (other,) = trouble().keys() - {exits}
    assert ledger.release() == ("held", {M02})
    assert set(trouble()) == {exits, other}

    ledger.write(M02, MAIN)
    assert ledger.release() == ("completed", set())
    assert trouble() == {}, "they close once the cause is verified to be gone"
    ledger.write(M02, EXITS)
    assert ledger.release() == ("held", {M02})
    again = trouble()
    assert (set(again), again[exits]["id"], again[exits]["reopened"]) == ({exits}, first["id"], 1)

    ledger.write(M01, EXITS)
    assert ledger.release() == ("held", {M01, M02})
    assert exits in trouble(), "who was not tried again is not resolved"
    (elsewhere,) = [name for name in trouble() if name.startswith("M01")]
    ledger.write(M01, MAIN)
    assert ledger.release() == ("held", {M02})
    assert (elsewhere in trouble(), exits in trouble()) == (False, True)
    ledger.write(M02, MAIN)
    assert ledger.release() == ("completed", set())
    assert trouble() == {}

    assert len(set(ledger.rollouts)) == len(ledger.rollouts) == 10
    closed = trouble("--all")
    assert {exits, other, elsewhere} <= set(closed)
    deeds = [mark["deed"] for mark in _shown(ledger.field, first["id"])["history"]]
    assert deeds == ["opened", "closed", "re-opened", "closed"]


def _shown(field: Field, issue: str) -> dict[str, Any]:
    told = json.loads(field.run("issues", "show", issue, "--format", "json").stdout)
    (one,) = told.get("issues", (told,))
    assert one["impact"]
    assert one["next_action"]
    assert one["evidence"]
    return one
