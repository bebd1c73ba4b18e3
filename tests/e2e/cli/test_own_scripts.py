"""`check --scripts`: the scripts that a mesh brings are run on request, and never else."""

from __future__ import annotations

import pytest

from e2e.cli.shop import Shop

pytestmark = [pytest.mark.required("git"), pytest.mark.slow]


def own(shop: Shop, name: str, text: str) -> None:
    (shop.mesh / "scripts" / name).write_text(f"#!/usr/bin/env bash\n{text}\n")


def test_wrappers_are_no_scripts_of_the_mesh_s_own(shop: Shop) -> None:
    told = shop.tell("check", "--scripts", "--gate", "scripts", "--format", "json")
    assert (told.code, told.document["findings"], told.err) == (0, [], "")


def test_own_scripts_run_timed_and_in_their_place(shop: Shop) -> None:
    own(shop, "gate-of-ours.sh", 'touch ran; [ "$1 $2" = "--root-path mesh" ] && [ -d "$2" ]')
    own(shop, "validate-mesh-structure.sh", "echo 'a folder is missing'; exit 1")
    own(shop, "generate-mesh-index.sh", '[ "$3" = --check ] || exit 1; exit 7')
    assert shop.tell("check").code == 0
    assert not (shop.folder / "ran").exists()
    told = shop.tell("check", "--scripts", "--format", "json")
    assert told.code == 3
    assert (shop.folder / "ran").exists()
    findings = [one for one in told.document["findings"] if one["code"].startswith("scripts/")]
    assert sorted((one["code"], one["path"].rpartition("/")[2]) for one in findings) == [
        ("scripts/disagrees", "validate-mesh-structure.sh"),
        ("scripts/findings", "validate-mesh-structure.sh"),
        ("scripts/no-answer", "generate-mesh-index.sh"),
    ]
    assert [line.partition(",")[0] for line in told.err.splitlines()] == [
        "gate-of-ours.sh: exit code 0",
        "generate-mesh-index.sh: exit code 7",
        "validate-mesh-structure.sh: exit code 1",
    ]
