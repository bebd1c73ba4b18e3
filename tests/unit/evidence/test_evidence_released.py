"""What an environment runs as the reference of contracts: only where a commit really has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.contracts.identity import contracts_id, is_contract
from tierline.evidence.contents import with_contents
from tierline.evidence.origin import origin_of
from tierline.evidence.reference import contracts_then
from tierline.facts.origin import NOWHERE, Origin, Ran, Running
from tierline.facts.reference import ContractsThen, NoReference, told
from tierline.mesh.tree import Entry, Kind, Tree
from unit.evidence.test_evidence_git import commit, run

pytestmark = pytest.mark.required("git")

EVENT = "contracts/events/a.json"
FOLDERS = {"M01-A": "services/core/M01-a", "M02-B": "services/core/M02-b"}


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    run(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"mesh/" + EVENT: "1", "mesh/services/core/M01-a/x": "1"})
    return tmp_path / "mesh"


def origin(mesh: Path) -> Origin:
    """What a rollout notes of the files as they are now."""
    entries = {
        str(path.relative_to(mesh)): Entry(Kind.FILE, path.stat().st_size)
        for path in sorted(mesh.rglob("*"))
        if path.is_file()
    }
    return origin_of(mesh, Tree("mesh", entries), FOLDERS)


def ran(rollout: str, one: Origin, *services: str) -> Ran:
    return Ran(rollout, one, services or ("M01-A", "M02-B"))


def compared(mesh: Path, *rans: Ran, trouble: str = "") -> tuple[str, bytes | None]:
    """The sentence that people read, and what the event said."""
    found = contracts_then(mesh, "mesh", running=Running("local", rans, trouble))
    assert isinstance(found, ContractsThen), found
    event = found.files.entries.get(EVENT)
    sentence = told(found.reference).removeprefix("contracts are compared with ")
    return sentence, event.content if event else None


def test_a_rollout_notes_its_commit_and_what_is_not_in_it(mesh: Path):
    clean = origin(mesh)
    assert clean == Origin(run(mesh, "rev-parse", "HEAD"), clean.contracts)
    (mesh / "services/core/M01-a/x").write_text("2")
    (mesh / "services/core/M02-b").mkdir()
    (mesh / "services/core/M02-b/new").write_text("2")
    (mesh / EVENT).write_text("2")
    dirty = origin(mesh)
    assert dirty.uncommitted == ("contracts", "M01-A", "M02-B")
    assert (dirty.commit, dirty.contracts != clean.contracts) == (clean.commit, True)


def test_outside_a_repository_only_the_contracts_are_noted(tmp_path: Path):
    (tmp_path / "contracts/events").mkdir(parents=True)
    (tmp_path / EVENT).write_text("1")
    found = origin(tmp_path)
    assert (found.commit, found.uncommitted, len(found.contracts)) == ("", (), 32)


def test_what_runs_is_the_reference_however_many_commits_ago(mesh: Path):
    noted = origin(mesh)
    for text in "23":
        commit(mesh, {EVENT: text})
    (mesh / EVENT).write_text("4")
    assert compared(mesh, ran("R-1", noted)) == (
        f"{noted.commit[:12]}, what local runs since R-1",
        b"1",
    )


def test_who_names_a_reference_is_taken_at_the_word(mesh: Path):
    noted = origin(mesh)
    commit(mesh, {EVENT: "2"})
    running = Running("local", (ran("R-1", noted),))
    found = contracts_then(mesh, "mesh", "HEAD", running)
    assert isinstance(found, ContractsThen)
    assert found.reference.how == "as --against says"


def test_of_several_that_run_the_oldest_counts(mesh: Path):
    first = origin(mesh)
    commit(mesh, {EVENT: "2"})
    second = origin(mesh)
    commit(mesh, {EVENT: "3"})
    assert compared(mesh, ran("R-1", first, "M01-A"), ran("R-2", second, "M02-B")) == (
        f"{first.commit[:12]}, the oldest that local runs (R-1, 1 of 2 services)",
        b"1",
    )


def test_commits_with_the_same_contracts_are_one(mesh: Path):
    first = origin(mesh)
    commit(mesh, {"services/core/M01-a/x": "2"})
    second = origin(mesh)
    assert compared(mesh, ran("R-1", first, "M01-A"), ran("R-2", second, "M02-B")) == (
        f"{second.commit[:12]}, what local runs since R-2",
        b"1",
    )


def test_contracts_that_were_not_committed_are_no_reference(mesh: Path):
    commit(mesh, {"services/core/M01-a/x": "2"})
    (mesh / EVENT).write_text("edited")
    noted = origin(mesh)
    parent = run(mesh, "rev-parse", "HEAD~1")
    here = noted.commit[:12]
    assert compared(mesh, ran("R-1", noted)) == (
        (
            f"{parent[:12]}, the commit before on main; what local runs is not known: "
            f"R-1 released contracts that {here} does not have"
        ),
        b"1",
    )


@pytest.mark.parametrize(
    ("noted", "reason"),
    [
        (NOWHERE, "R-1 noted no commit"),
        (Origin("", "f" * 32), "R-1 noted no commit"),
        (Origin("0" * 40, "f" * 32), "R-1 released 000000000000, which is not here"),
        (Origin("--all", "f" * 32), "R-1 released --all, which is not here"),
    ],
)
def test_a_rollout_that_names_nothing_usable_says_why(mesh: Path, noted: Origin, reason: str):
    commit(mesh, {"services/core/M01-a/x": "2"})
    sentence, _ = compared(mesh, ran("R-1", noted))
    assert sentence.endswith(f"the commit before on main; what local runs is not known: {reason}")


def test_of_some_that_is_not_known_the_rest_still_counts(mesh: Path):
    noted = origin(mesh)
    commit(mesh, {EVENT: "2"})
    assert compared(mesh, ran("R-1", NOWHERE, "M01-A"), ran("R-2", noted, "M02-B")) == (
        (
            f"{noted.commit[:12]}, the oldest that local runs (R-2, 1 of 2 services); "
            "not known: what M01 run, as R-1 noted no commit"
        ),
        b"1",
    )


def test_a_journal_that_cannot_be_read_is_told(mesh: Path):
    sentence, _ = compared(mesh, trouble="journal.db is damaged")
    assert sentence == (
        "nothing, since no commit is before the first; "
        "what local runs is not known: journal.db is damaged"
    )


def test_where_nothing_ran_history_decides(mesh: Path):
    assert compared(mesh) == ("nothing, since no commit is before the first", None)


def test_a_commit_whose_contracts_cannot_be_had_is_unknown(mesh: Path):
    noted = origin(mesh)
    (mesh / EVENT).unlink()
    (mesh / "contracts/events").rmdir()
    (mesh / "contracts/events").symlink_to("..")
    run(mesh, "add", "-A")
    run(mesh, "commit", "-q", "-m", "x")
    linked = Origin(run(mesh, "rev-parse", "HEAD"), noted.contracts)
    found = contracts_then(mesh, "mesh", running=Running("local", (ran("R-1", linked),)))
    assert isinstance(found, NoReference)
    assert "was a link or another repository" in found.reason


def test_stubs_and_readmes_are_no_contracts():
    kept = ("events/a.json", "openapi/a.yaml", "schemas/a.json", "proto/a.proto", "buf.yaml")
    left = ("gen/go/a.pb.go", "README.md", "buf.gen.yaml", "go.mod")
    assert all(is_contract(f"contracts/{name}") for name in kept)
    assert not any(is_contract(f"contracts/{name}") for name in left)


def test_a_contract_that_cannot_be_read_has_no_identity():
    assert contracts_id(Tree("mesh", {EVENT: Entry(Kind.ESCAPE)})) == ""


def test_contents_are_read_where_they_are_needed(mesh: Path):
    tree = Tree("mesh", {EVENT: Entry(Kind.FILE, 1)})
    read = with_contents(mesh, tree, is_contract)
    assert read.entries[EVENT].content == b"1"
