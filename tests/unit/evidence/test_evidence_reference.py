"""Which commit a release is compared with, and what its contracts said there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierline.errors import UsageError
from tierline.evidence.reference import contracts_then, reference_of
from tierline.facts.reference import ContractsThen, NoReference, Reference
from unit.evidence.test_evidence_git import commit, run

pytestmark = pytest.mark.required("git")

EVENT = "mesh/contracts/events/user é.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {EVENT: "{}", "mesh/contracts/proto/a.proto": "1", "mesh/services/x": "1"})
    return tmp_path


def then(folder: Path, against: str = "") -> ContractsThen:
    found = contracts_then(folder / "mesh", "mesh", against)
    assert isinstance(found, ContractsThen), found
    return found


def none(folder: Path) -> str:
    (folder / "mesh").mkdir(exist_ok=True)
    found = reference_of(folder / "mesh")
    assert isinstance(found, NoReference), found
    return found.reason


def test_before_the_first_commit_there_was_nothing(folder: Path):
    found = then(folder)
    why = "since no commit is before the first"
    assert found.reference == Reference("nothing", "", why, run(folder, "rev-parse", "HEAD"))
    assert found.files.entries == {}


def test_on_the_default_branch_it_is_the_commit_before(folder: Path):
    first = run(folder, "rev-parse", "HEAD")
    here = commit(folder, {EVENT: None, "mesh/contracts/proto/a.proto": "2"})
    (folder / "mesh/contracts/proto/a.proto").write_text("3")
    found = then(folder)
    assert found.reference == Reference(first[:12], first, "the commit before on main", here)
    held = {path: entry.content for path, entry in found.files.entries.items()}
    assert held == {"contracts/events/user é.json": b"{}", "contracts/proto/a.proto": b"1"}
    assert found.files.shown("contracts/proto/a.proto") == "mesh/contracts/proto/a.proto"


def test_on_a_branch_it_is_where_the_branch_began(folder: Path):
    first = run(folder, "rev-parse", "HEAD")
    run(folder, "checkout", "-q", "-b", "feature")
    commit(folder, {"mesh/services/x": "2"})
    commit(folder, {"mesh/services/x": "3"})
    run(folder, "checkout", "-q", "main")
    commit(folder, {"mesh/services/y": "1"})
    run(folder, "checkout", "-q", "feature")
    assert reference_of(folder) == Reference(first[:12], first, "where this branch left main")


def test_the_default_branch_of_origin_goes_before_a_local_one(folder: Path, tmp_path: Path):
    run(folder, "branch", "-m", "main", "trunk")
    clone = tmp_path / "clone"
    run(folder, "clone", "-q", ".", str(clone))
    first = run(folder, "rev-parse", "HEAD")
    commit(clone, {"mesh/services/x": "2"})
    assert reference_of(clone) == Reference(
        first[:12], first, "where this branch left origin/trunk"
    )


def test_who_names_a_reference_is_taken_at_the_word(folder: Path):
    first = run(folder, "rev-parse", "HEAD")
    run(folder, "tag", "v1")
    commit(folder, {"mesh/contracts/proto/a.proto": "2"})
    assert then(folder, "v1").reference == Reference("v1", first, "as --against says")
    assert then(folder, "HEAD").files.entries["contracts/proto/a.proto"].content == b"2"


@pytest.mark.parametrize("against", ["nope", "--output=x", "HEAD:mesh", " ", "a\nb"])
def test_a_bad_reference_is_an_error(folder: Path, against: str):
    with pytest.raises(UsageError, match="no commit"):
        contracts_then(folder / "mesh", "mesh", against)


def test_outside_a_repository_there_is_no_reference(tmp_path: Path):
    assert none(tmp_path) == f"{tmp_path}/mesh is not in a git repository"


def test_a_reference_outside_a_repository_is_an_error(tmp_path: Path):
    with pytest.raises(UsageError, match="is not in a git repository"):
        contracts_then(tmp_path, "mesh", "main")


def test_what_git_cannot_tell_is_a_reason(folder: Path, tmp_path: Path):
    commit(folder, {"mesh/services/x": "2"})
    shallow = tmp_path / "shallow"
    run(tmp_path, "clone", "-q", "--depth", "1", f"file://{folder}", str(shallow))
    run(shallow, "remote", "remove", "origin")
    assert none(shallow) == "the clone is shallow, so the commit before is not there"
    run(folder, "branch", "-m", "main", "work")
    assert none(folder) == "no branch is called main or master, here or at origin"
    run(folder, "checkout", "-q", "--orphan", "main")
    commit(folder, {"mesh/services/x": "3"})
    run(folder, "checkout", "-q", "work")
    assert none(folder) == "this branch and main have no common history"


def test_a_missing_or_huge_content_says_so_and_takes_nothing_else_with_it(folder: Path):
    commit(folder, {"mesh/contracts/proto/b.proto": "b", "mesh/contracts/big": "x" * (5 << 20)})
    (folder / "mesh/contracts/link.proto").symlink_to("proto/a.proto")
    commit(folder, {"mesh/contracts/proto/a.proto": "2"})
    commit(folder, {"mesh/services/x": "2"})
    blob = run(folder, "rev-parse", "HEAD:mesh/contracts/proto/b.proto")
    (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    found = then(folder).files.entries
    assert {path: entry.trouble for path, entry in found.items() if entry.content is None} == {
        "contracts/big": f"{5 << 20} bytes (limit {4 << 20})",
        "contracts/link.proto": "no regular file at that commit",
        "contracts/proto/b.proto": f"its content {blob[:12]} is missing from the history",
    }
    assert found["contracts/proto/a.proto"].content == b"2"


def unknown(folder: Path) -> str:
    found = contracts_then(folder, "mesh", "HEAD")
    assert isinstance(found, NoReference), found
    return found.reason


@pytest.mark.parametrize("path", ["contracts", "contracts/events", "contracts/proto/v1"])
def test_contracts_behind_a_link_are_not_taken_for_new_ones(folder: Path, path: str):
    place = folder / "mesh" / path
    if place.exists():
        place.rename(folder / "mesh/apis")
    place.symlink_to(folder / "mesh/apis")
    commit(folder, {})
    assert unknown(folder / "mesh") == (
        f"{path} was a link or another repository at HEAD; nobody knows what it held"
    )


def test_contracts_of_another_repository_are_not_taken_for_new_ones(folder: Path):
    run(folder, "rm", "-q", "-r", "--cached", "mesh/contracts/events")
    other = f"160000,{run(folder, 'rev-parse', 'HEAD')},mesh/contracts/events"
    run(folder, "update-index", "--add", "--cacheinfo", other)
    run(folder, "commit", "-q", "-m", "x")
    assert "contracts/events was a link or another repository" in unknown(folder / "mesh")


def test_a_link_in_place_of_one_contract_is_that_contract_s_trouble(folder: Path):
    (folder / "mesh/contracts/events/b.json").symlink_to("user é.json")
    (folder / "mesh/contracts/README.md").symlink_to("proto/a.proto")
    commit(folder, {})
    entry = then(folder, "HEAD").files.entries["contracts/events/b.json"]
    assert (entry.content, entry.trouble) == (None, "no regular file at that commit")


def test_a_mesh_in_another_folder_is_not_taken_for_a_new_one(folder: Path):
    commit(folder, {"mesh/services/services-index.yaml": "{}"})
    (folder / "mesh").rename(folder / "moved")
    assert unknown(folder / "moved") == (
        "the mesh was not in this folder at HEAD; one in mesh is not there any more"
    )


def test_a_mesh_that_comes_beside_another_had_no_contracts(folder: Path):
    commit(folder, {"mesh/services/services-index.yaml": "{}"})
    (folder / "new/contracts/events").mkdir(parents=True)
    found = contracts_then(folder / "new", "new", "HEAD")
    assert isinstance(found, ContractsThen)
    assert found.files.entries == {}


def test_an_edit_after_the_first_commit_is_compared_with_that_commit(folder: Path):
    first = run(folder, "rev-parse", "HEAD")
    (folder / EVENT).write_text("edited")
    found = then(folder)
    why = "the first commit, since contracts were edited after it"
    assert found.reference == Reference(first[:12], first, why)
    assert found.files.entries["contracts/events/user é.json"].content == b"{}"


def test_an_edit_of_what_only_the_newest_commit_has_is_compared_with_that(folder: Path):
    parent = run(folder, "rev-parse", "HEAD")
    new = {"mesh/contracts/events/b.json": "1", "mesh/contracts/events/c.json": "1"}
    here = commit(folder, {**new, "mesh/contracts/proto/a.proto": "2"})
    (folder / "mesh/contracts/events/b.json").write_text("edited")
    (folder / "mesh/contracts/proto/a.proto").write_text("edited")
    (folder / "mesh/contracts/events/untracked.json").write_text("new")
    found = then(folder)
    why = f"the commit before on main; what only {here[:12]} has, with that"
    assert found.reference == Reference(parent[:12], parent, why, here)
    assert {path: entry.content for path, entry in found.files.entries.items()} == {
        "contracts/events/b.json": b"1",
        "contracts/events/user é.json": b"{}",
        "contracts/proto/a.proto": b"1",
    }


def test_a_contract_of_the_newest_commit_that_is_deleted_again_is_missed(folder: Path):
    commit(folder, {"mesh/contracts/events/b.json": "1"})
    (folder / "mesh/contracts/events/b.json").unlink()
    assert then(folder).files.entries["contracts/events/b.json"].content == b"1"
