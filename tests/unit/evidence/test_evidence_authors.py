"""Who wrote what ships, asked of real repositories, some of them hostile."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from made.plans import mesh_of, request_of
from tierline.evidence import git
from tierline.evidence.authors import authorship
from tierline.facts.revision import Part, Revision
from tierline.plan.build import build

pytestmark = pytest.mark.required("git")

MESH = mesh_of({"M01-A": (), "M02-B": ()})
PATHS = {name: service.path for name, service in MESH.services.items()}
REVISION = Revision(
    (
        Part("service tree", "x"),
        Part("closure: platform/py", "x"),
        Part("uv.lock", "x"),
        Part("toolchain: python", "x"),
    )
)
PLAN = build(request_of(MESH, revisions=dict.fromkeys(PATHS, REVISION)))


def run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(root: Path, path: str, author: str, message: str = "x", committer: str = "") -> None:
    """A change of a file, as somebody's."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    with (root / path).open("a") as file:
        file.write("x\n")
    run(root, "add", "-A")
    who = ("-c", "user.name=x", "-c", f"user.email={committer or author}")
    run(root, *who, "commit", "-q", "-m", message, "--author", f"X <{author}>")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "mesh"
    folder.mkdir(parents=True)
    run(folder.parent, "init", "-q", "-b", "main")
    for path in (*PATHS.values(), "platform/py", "."):
        commit(folder, f"{path}/a", "first@x.org")
    return folder


def test_author_committer_and_co_authors_of_the_newest_commit(root: Path) -> None:
    commit(root, f"{PATHS['M01-A']}/a", "old@x.org")
    commit(
        root,
        f"{PATHS['M01-A']}/b",
        "Ada@X.org",
        "x\n\nCo-authored-by: Bob <BOB@x.org>\nCo-authored-by: Carl <carl@x.org>",
        "robot@x.org",
    )
    found = authorship(root, MESH, PLAN)
    assert found.unknown == {}
    assert found.authors == {
        "M01-A": {"ada@x.org", "robot@x.org", "bob@x.org", "carl@x.org"},
        "M02-B": {"first@x.org"},
    }


@pytest.mark.parametrize("path", ["platform/py/a", "uv.lock"])
def test_what_it_builds_from_counts(root: Path, path: str) -> None:
    commit(root, path, "ada@x.org")
    assert authorship(root, MESH, PLAN).authors["M01-A"] == {"ada@x.org"}


def test_what_is_beside_it_does_not(root: Path) -> None:
    commit(root, f"{PATHS['M02-B']}-more/a", "ada@x.org")
    commit(root, "../outside", "ada@x.org")
    assert authorship(root, MESH, PLAN).authors["M02-B"] == {"first@x.org"}


@pytest.mark.parametrize("how", ["edited", "untracked", "staged", "removed"])
def test_what_is_not_committed_has_no_author(root: Path, how: str) -> None:
    file = root / PATHS["M01-A"] / ("new" if how == "untracked" else "a")
    if how == "removed":
        file.unlink()
    else:
        file.write_text("edited\n")
    if how == "staged":
        run(root, "add", "-A")
    (root / "unrelated").write_text("x")
    found = authorship(root, MESH, PLAN)
    path = f"{PATHS['M01-A']}/{file.name}"
    assert found.unknown == {"M01-A": f"{path} is not committed"}


def test_a_service_that_no_commit_has(root: Path) -> None:
    new = mesh_of({"M03-C": ()})
    plan = build(request_of(new, revisions={"M03-C": Revision((Part("service tree", "x"),))}))
    assert authorship(root, new, plan).unknown == {"M03-C": "no commit has it"}


def test_a_shallow_clone_names_nobody(root: Path, tmp_path: Path) -> None:
    source = f"file://{root.parent}"
    run(tmp_path, "clone", "-q", "--depth", "1", source, "shallow")
    found = authorship(tmp_path / "shallow" / "mesh", MESH, PLAN)
    assert found.authors == {}
    assert found.unknown == {"": "the clone is shallow: git fetch --unshallow"}


def test_without_a_repository_or_a_commit_nobody_knows(tmp_path: Path) -> None:
    assert list(authorship(tmp_path, MESH, PLAN).unknown) == [""]
    run(tmp_path, "init", "-q")
    assert list(authorship(tmp_path, MESH, PLAN).unknown) == [""]


def test_a_mailmap_of_the_repository_changes_nobody(root: Path) -> None:
    commit(root, "../.mailmap", "first@x.org")
    (root.parent / ".mailmap").write_text("Eve <eve@x.org> <first@x.org>\n")
    run(root, "add", "-A")
    run(root, "config", "log.mailmap", "true")
    assert authorship(root, MESH, PLAN).authors["M01-A"] == {"first@x.org"}


def test_a_replaced_commit_and_a_signature_program_of_the_repository_are_not_heeded(
    root: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    script = tmp_path / "gpg"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    for key, value in (
        ("log.showSignature", "true"),
        ("gpg.program", str(script)),
        ("trailer.co-authored-by.command", str(script)),
        ("pager.rev-list", str(script)),
    ):
        run(root, "config", key, value)
    commit(root, f"{PATHS['M01-A']}/a", "real@x.org")
    fake = subprocess.run(
        ["git", "-c", "user.name=x", "-c", "user.email=fake@x.org", "commit-tree", "HEAD^{tree}",
         "-m", "x"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    run(root, "replace", git.head(root), fake)
    assert authorship(root, MESH, PLAN).authors["M01-A"] == {"real@x.org"}
    assert not ran.exists()


def test_strange_names_are_only_names(root: Path) -> None:
    odd = replace(MESH.services["M01-A"], path="services/:(top)*/M01-A")
    mesh = replace(MESH, services={**MESH.services, "M01-A": odd})
    assert authorship(root, mesh, PLAN).authors["M01-A"] == {"first@x.org"}
