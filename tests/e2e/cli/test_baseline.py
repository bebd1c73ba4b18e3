"""A brown-field mesh with a baseline: only what is new fails, and what is mended is taken out."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cli.shop import Done, Shop

pytestmark = pytest.mark.required("git")

BASELINE = "tierline-baseline.toml"
POLICY = """\
version = 1
waivers_from = ["known.toml"]

[environments.staging]
kind = "staging"
target = "simulated"

[requirements]
{requirements}
"""


@pytest.fixture
def old(shop: Shop) -> Iterator[Shop]:
    """A mesh that has three failures in two services."""
    broken(shop, "M01").write_text("service: {\n")
    for name in ("README.md", "Makefile"):
        (folder(shop, "M02") / name).write_text("")
    yield shop


def folder(shop: Shop, short: str) -> Path:
    return next((shop.mesh / "services").glob(f"*/{short}-*"))


def broken(shop: Shop, short: str) -> Path:
    return folder(shop, short) / "configs/default.yaml"


def fails(told: Done) -> int:
    return sum(one["status"] == "fail" for one in told.document["findings"])


def entries(file: Path) -> int:
    read = tomllib.loads(file.read_text())
    return sum(len(one["findings"]) for one in read["waivers"])


def test_only_new_findings_fail_and_the_rest_shrinks(old: Shop) -> None:
    assert old.tell("check").code == 3
    made = old.tell("check", "--baseline", "--author", "ada")
    assert (made.code, made.out.partition(":")[0]) == (0, "GO with waivers")
    file = old.mesh / BASELINE
    known = entries(file)
    assert (
        f"wrote mesh/{BASELINE}: findings that count as warnings until it expires: {known}"
        in made.err
    )
    assert old.tell("check").code == old.tell("ready").code == 0
    assert "GO with waivers" in old.tell("ready").out.partition("\n")[0]

    (folder(old, "M03") / "README.md").write_text("")
    new = old.tell("check", "--format", "json")
    assert (new.code, fails(new)) == (3, 1)
    before = file.read_bytes()
    again = old.tell("check", "--baseline")
    assert (again.code, file.read_bytes()) == (3, before)
    assert "failures that are not in it, and count: 1; to take them in: " in again.err

    (folder(old, "M02") / "README.md").write_text("# Profile\n")
    assert f"1 of {known} findings of the baseline is mended" in old.tell("check").out
    shrunk = old.tell("check", "--baseline")
    assert (shrunk.code, entries(file)) == (3, known - 1)
    assert f"mesh/{BASELINE}: mended and taken out: 1; left: {known - 1}" in shrunk.err
    grown = old.tell("check", "--baseline", "--grow", "--expires", "30d", "--author", "bob")
    assert (grown.code, entries(file)) == (0, known)


def test_a_baseline_of_the_mesh_counts_for_local_only(old: Shop, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.format(requirements="").replace("waivers_from", "# waivers_from"))
    assert old.tell("check", "--baseline").code == 0
    staged = old.tell("check", "--env", "staging", "--policy", str(policy), "--format", "json")
    assert staged.code == 3
    assert "waivers/in-mesh" in {one["code"] for one in staged.document["findings"]}
    refused = old.tell("check", "--baseline", "--env", "staging", "--policy", str(policy))
    assert (refused.code, "does not count in staging" in refused.err) == (2, True)


def test_beyond_local_it_lies_beside_the_policy_file_which_names_it(
    old: Shop, tmp_path: Path
) -> None:
    policy, known = tmp_path / "policy.toml", tmp_path / "known.toml"
    policy.write_text(POLICY.format(requirements="").replace("waivers_from", "# waivers_from"))
    where = ("--env", "staging", "--policy", str(policy))
    made = old.tell("check", "--baseline", str(known), *where)
    assert made.code == 4, made.err
    assert (
        'it counts once the policy file beside it says: waivers_from = ["known.toml"]' in made.err
    )
    assert old.tell("check", *where).code == 3
    policy.write_text(POLICY.format(requirements=""))
    after = old.tell("check", *where, "--format", "json")
    assert (after.code, fails(after)) == (4, 0)
    known.unlink()
    gone = old.tell("check", *where)
    assert (gone.code, "cannot be read" in gone.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("M05",), "M05 is no .toml file"),
        (("mesh/known.toml",), "lies in the mesh"),
        (("", "M05"), "a baseline is one of the whole mesh"),
        (("", "--expires", "3000d"), "ends at a day within 366 days"),
        (("", "--expires", "tomorrow"), "ends at a day within 366 days"),
        (("", "--code", "config/not-yaml"), "a baseline is one of the whole mesh"),
    ],
)
def test_what_cannot_be_a_baseline_is_refused(old: Shop, words: tuple[str, ...], said: str) -> None:
    told = old.tell("check", f"--baseline={words[0]}", *words[1:])
    assert (told.code, said in told.err) == (2, True), told.err
    assert not (old.mesh / BASELINE).exists()
    assert old.tell("check", "--grow").code == 2


def test_a_broken_baseline_waives_nothing(old: Shop) -> None:
    assert old.tell("check", "--baseline").code == 0
    file = old.mesh / BASELINE
    file.write_text(file.read_text() + "oops\n")
    told = old.tell("check", "--format", "json")
    assert told.code == 3
    assert "waivers/not-toml" in {one["code"] for one in told.document["findings"]}
    assert old.tell("check", "--baseline").code == 2
    file.unlink()
    file.symlink_to(shutil.which("sh") or "")
    assert "waivers/unreadable" in {
        one["code"] for one in old.tell("check", "--format", "json").document["findings"]
    }
