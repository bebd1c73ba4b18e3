"""`tierline index` and the script that wraps it, on the demo mesh."""

from __future__ import annotations

import os
import subprocess

import pytest

from e2e.cli.shop import Shop
from e2e.rollout.field import TIERLINE

pytestmark = [pytest.mark.required("git"), pytest.mark.slow]

INDEX = "services/services-index.yaml"
ORDER = "docs/dependency-load-order.md"
SPECS = "viralForge/specs"


def script(shop: Shop, *arguments: str) -> subprocess.CompletedProcess[str]:
    wrapper = shop.base / "tierline"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(TIERLINE)} "$@"\n')
    wrapper.chmod(0o755)
    return subprocess.run(
        ["bash", "mesh/scripts/generate-mesh-index.sh", "--root-path", "mesh", *arguments],
        cwd=shop.folder,
        env={**os.environ, **shop.environ, "TIERLINE": str(wrapper)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_was_lost_is_generated_byte_for_byte(shop: Shop) -> None:
    before = {path: (shop.mesh / path).read_bytes() for path in (INDEX, ORDER)}
    for path in before:
        (shop.mesh / path).unlink()
    assert shop.tell("index", "check").code == 3
    told = shop.tell("index", "generate")
    assert told.code == 0, told.err
    assert {path: (shop.mesh / path).read_bytes() for path in before} == before
    again = shop.tell("index", "generate")
    assert again.err == "index and load order are up to date\n"


def test_a_stale_index_is_told_shown_and_mended(shop: Shop) -> None:
    inputs = shop.folder / SPECS / "dependencies.yaml"
    text = inputs.read_text()
    inputs.write_text(text.replace("DBR:M02-Profile-Service", "DBR:M01-Authentication-Service", 1))
    told = script(shop, "--check")
    assert (told.returncode, "index/stale" in told.stdout) == (1, True)
    dry = shop.tell("index", "generate", "--dry-run")
    assert "+      - M01-Authentication-Service\n" in dry.out
    assert (
        dry.err.splitlines()[-1] == f"would change mesh/{INDEX}: changed M03-Notification-Service"
    )
    assert script(shop).returncode == 0
    assert script(shop, "--check").returncode == 0
    assert shop.tell("check").code == 0


def test_inputs_can_be_named_one_by_one(shop: Shop) -> None:
    moved = shop.base / "elsewhere"
    (shop.folder / SPECS).rename(moved)
    without = shop.tell("index", "generate")
    assert without.code == 0
    assert "was not regenerated: no service-architecture-map.yaml" in without.err
    (shop.mesh / INDEX).write_text("nonsense")
    options = [
        f"--architecture-map-path={moved}/service-architecture-map.yaml",
        f"--dependencies-path={moved}/dependencies.yaml",
        f"--deployment-profile-path={moved}/service-deployment-profile.md",
    ]
    assert script(shop, *options).returncode == 0
    assert script(shop, "--check", *options).returncode == 0
    assert script(shop, "--dependencies-path", "nowhere.yaml").returncode == 2


def test_a_byte_that_differs_is_a_finding_with_its_line(shop: Shop) -> None:
    text = (shop.mesh / INDEX).read_text()
    (shop.mesh / INDEX).write_text(text.replace("services:\n", "services: # all of them\n"))
    assert shop.tell("check").code == 0
    told = shop.tell("index", "check", "--format", "json")
    assert told.code == 3
    (finding,) = [one for one in told.document["findings"] if one["code"] == "index/format"]
    assert (finding["line"], finding["status"]) == (3, "fail")


def test_unsound_inputs_are_all_named_and_nothing_is_written(shop: Shop) -> None:
    inputs = shop.folder / SPECS / "dependencies.yaml"
    inputs.write_text(inputs.read_text().replace("DBR:M01-", "M01-").replace("- http", "- ftp"))
    before = (shop.mesh / INDEX).read_bytes()
    told = shop.tell("index", "generate")
    assert told.code == 2
    assert "ftp is neither DBR:, EVENT: nor http" in told.err
    assert "M01-Authentication-Service is neither" in told.err
    assert (shop.mesh / INDEX).read_bytes() == before
