"""`tierline register` on the demo mesh and on a scaffold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from e2e.cli.shop import Shop, written

pytestmark = [pytest.mark.required("git"), pytest.mark.slow]

LIST = "tooling/manifests/implemented-services.yaml"
OWN = """\
# Who may ship.
version: 1
implemented_services:   # finished, all of them
    - 'M01-Authentication-Service'   # Ada

    # payments
    - M08-Payments-Ledger-Service
"""


def listed(shop: Shop, text: str) -> Path:
    file = shop.mesh / LIST
    file.write_text(text)
    return file


def test_what_is_ready_is_listed_and_nothing_else_of_the_file_changes(shop: Shop) -> None:
    file = listed(shop, OWN)
    told = shop.tell("register", "M05", "M02", "M01", "--format", "json")
    assert told.code == 0
    added = ["M02-Profile-Service", "M05-Partner-Directory-Service"]
    assert told.document["registered"] == added
    assert [one["listed_already"] for one in told.document["services"]].count(True) == 1
    line = "    - 'M01-Authentication-Service'   # Ada\n"
    assert file.read_text() == OWN.replace(line, line + "".join(f"    - {one}\n" for one in added))
    again = shop.tell("register", "M05", "M02", "M01")
    assert again.out.endswith(f"nothing to do: all are listed in mesh/{LIST}\n")
    assert (again.code, file.read_text().count("M05")) == (0, 1)


def test_one_that_is_not_ready_stops_all_unless_only_the_ready_are_wanted(shop: Shop) -> None:
    file = listed(shop, OWN)
    shutil.rmtree(shop.mesh / "services/core-platform/M02-profile-service/tests/contract")
    told = shop.tell("register", "M02", "M05")
    assert told.code == 3
    assert "no contract tests" in told.out
    assert "nothing was listed: 1 of 2 not ready; --ready-only lists the others" in told.out
    assert file.read_text() == OWN
    some = shop.tell("register", "M02", "M05", "--ready-only", "--format", "json")
    assert (some.code, some.document["registered"]) == (0, ["M05-Partner-Directory-Service"])


def test_a_dry_run_shows_the_difference_and_writes_nothing(shop: Shop) -> None:
    file = listed(shop, OWN)
    told = shop.tell("register", "M05", "--dry-run")
    assert told.code == 0
    assert "\n+    - M05-Partner-Directory-Service\n" in told.out
    assert file.read_text() == OWN


def test_a_scaffold_is_refused_until_somebody_wrote_it(shop: Shop) -> None:
    shop.tell("init", "--service", "M15-Refund-Service", "--domain", "data-ai", "--owner", "M08")
    told = shop.tell("register", "M15", "--format", "json")
    assert told.code == 3
    failed = {
        one["rule"] for one in told.document["services"][0]["items"] if one["status"] == "fail"
    }
    assert failed == {"code", "tests"}
    home = shop.mesh / "services/data-ai/M15-refund-service"
    program = home / "internal/app/bootstrap/__init__.py"
    program.write_text(program.read_text() + "\n\ndef refund(amount):\n    return -amount\n")
    (home / "tests/unit/test_refund.py").write_text("import unittest\n")
    assert shop.tell("register", "M15").code == 0
    checked = shop.tell("check", "--format", "json").document
    assert "lifecycle/not-listed" not in {one["code"] for one in checked["findings"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\nimplemented_services: [", f"mesh/{LIST}:3"),
        (f"{OWN}    - M08-Payments-Ledger-Service\n", f"mesh/{LIST}:8"),
        ("version: 1\nimplemented_services: &x\n  - M01-Authentication-Service\nz: *x\n", "safely"),
    ],
)
def test_a_list_with_errors_is_left_alone(shop: Shop, text: str, said: str) -> None:
    file = listed(shop, text)
    told = shop.tell("register", "M05")
    assert told.code == 2
    assert said in told.err
    assert file.read_text() == text


def test_what_runs_here_is_known_and_staging_wants_more(shop: Shop) -> None:
    listed(shop, OWN)
    told = shop.tell("register", "M05", "--env", "staging")
    assert told.code == 4
    assert "unknown evidence" in " ".join(told.out.split())
    assert (shop.mesh / LIST).read_text() == OWN
    unknown = shop.tell("register", "M77")
    assert unknown.code == 2


def test_a_missing_list_is_begun(shop: Shop) -> None:
    (shop.mesh / LIST).unlink()
    before = written(shop.mesh)
    assert shop.tell("register", "M05").code == 0
    assert written(shop.mesh) - before == {LIST}
    expected = "version: 1\nimplemented_services:\n  - M05-Partner-Directory-Service\n"
    assert (shop.mesh / LIST).read_text() == expected
