"""Real repositories, some of them hostile."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tierline.errors import PermanentError, UsageError
from tierline.evidence import git

pytestmark = pytest.mark.required("git")


def run(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str | None]) -> str:
    for path, text in files.items():
        if text is None:
            (folder / path).unlink()
        else:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    run(folder, "add", "-A")
    run(folder, "commit", "-q", "-m", "x")
    return run(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "a repository"
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    commit(folder, {"mesh/a": "1", "mesh/b": "1", "outside": "1"})
    return folder


def test_head_root_and_references(repository: Path):
    first = run(repository, "rev-parse", "HEAD")
    second = commit(repository, {"mesh/a": "2"})
    run(repository, "tag", "v1")
    assert git.head(repository / "mesh") == second
    assert git.root_commit(repository / "mesh") == first
    assert git.commit_of(repository, "v1") == second
    assert git.commit_of(repository, "HEAD~1") == first
    assert git.top_level(repository / "mesh") == repository


def test_changed_paths_of_the_working_tree(repository: Path):
    mesh = repository / "mesh"
    assert git.changed_paths(mesh, "HEAD") == ()
    assert not git.is_dirty(mesh)
    (mesh / "a").write_text("2")
    (mesh / "b").unlink()
    (mesh / "new é\n").touch()
    (repository / "outside").write_text("2")
    (repository / ".gitignore").write_text("ignored\n")
    (mesh / "ignored").touch()
    assert git.changed_paths(mesh, "HEAD") == ("a", "b", "new é\n")
    assert git.is_dirty(mesh)


def test_a_file_that_was_only_touched_did_not_change(repository: Path):
    mesh = repository / "mesh"
    (mesh / "link").symlink_to("a")
    commit(repository, {})
    os.utime(mesh / "a", (1, 1))
    os.utime(mesh / "link", (1, 1), follow_symlinks=False)
    assert git.changed_paths(mesh, "HEAD") == ()


def test_changed_paths_between_commits_begin_where_the_branch_did(repository: Path):
    run(repository, "switch", "-q", "-c", "topic")
    commit(repository, {"mesh/a": None, "mesh/moved": "1"})
    run(repository, "switch", "-q", "main")
    commit(repository, {"mesh/b": "main only"})
    assert git.changed_paths(repository / "mesh", "main", "topic") == ("a", "moved")
    assert git.changed_paths(repository, "main", "topic") == ("mesh/a", "mesh/moved")


def test_files_of_a_commit(repository: Path):
    commit(repository, {"mesh/a": "2", "mesh/[b]": "x"})
    mesh = repository / "mesh"
    assert git.file_at(mesh, "HEAD~1", "a") == b"1"
    assert git.file_at(mesh, "HEAD", "a") == b"2"
    assert git.file_at(mesh, "HEAD", "[b]") == b"x"
    for path in ("nowhere", "*", "."):
        with pytest.raises(PermanentError) as caught:
            git.file_at(mesh, "HEAD", path)
        assert caught.value.code == "git/no-file"


def test_a_blob_that_is_missing_is_named(repository: Path):
    blob = run(repository, "rev-parse", "HEAD:mesh/a")
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    commit_now = git.head(repository)
    with pytest.raises(PermanentError) as caught:
        git.file_at(repository, commit_now, "mesh/a")
    assert caught.value.code == "git/missing-blob"
    assert blob[:12] in caught.value.message
    assert git.changed_paths(repository, "HEAD") in {(), ("mesh/a",)}


@pytest.mark.parametrize("ref", ["nowhere", "", "--all", "a b", "HEAD:mesh", "HEAD~9", "x\x1b"])
def test_references_that_name_no_commit(repository: Path, ref: str):
    with pytest.raises(UsageError) as caught:
        git.commit_of(repository, ref)
    assert caught.value.code == "git/bad-reference"
    assert caught.value.message.isprintable()


def test_no_repository(tmp_path: Path):
    with pytest.raises(PermanentError) as caught:
        git.head(tmp_path)
    assert caught.value.code == "git/no-repository"
    assert git.root_commit(tmp_path) == ""


def test_a_repository_without_commits(tmp_path: Path):
    run(tmp_path, "init", "-q")
    with pytest.raises(UsageError) as caught:
        git.head(tmp_path)
    assert caught.value.code == "git/bad-reference"
    assert git.root_commit(tmp_path) == ""


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PermanentError) as caught:
        git.head(repository)
    assert caught.value.code == "git/missing"
    assert git.root_commit(repository) == ""


def test_a_shallow_clone_does_not_know_its_root(repository: Path, tmp_path: Path):
    commit(repository, {"mesh/a": "2"})
    run(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    with pytest.raises(PermanentError) as caught:
        git.root_commit(tmp_path / "shallow")
    assert caught.value.code == "git/shallow"


def test_histories_without_a_common_start(repository: Path):
    run(repository, "switch", "-q", "--orphan", "other")
    commit(repository, {"mesh/z": "1"})
    with pytest.raises(PermanentError) as caught:
        git.changed_paths(repository, "main")
    assert caught.value.code == "git/no-merge-base"


def test_nothing_of_the_repository_runs(repository: Path):
    marker = repository.parent / "it ran"
    program = repository / "evil.sh"
    program.write_text(f"#!/bin/sh\ntouch '{marker}'\ncat\n")
    program.chmod(0o755)
    for key in (
        "core.fsmonitor", "diff.external", "core.pager", "filter.x.clean", "filter.x.smudge",
        "filter.x.process", "diff.x.textconv", "core.sshCommand", "credential.helper",
        "core.alternateRefsCommand",
    ):  # fmt: skip
        run(repository, "config", key, str(program))
    hooks = repository / "hooks"
    hooks.mkdir()
    run(repository, "config", "core.hooksPath", str(hooks))
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc"):
        (hooks / hook).symlink_to(program)
    (repository / ".gitattributes").write_text("* filter=x diff=x\n")
    (repository / "mesh/a").write_text("changed")
    changed = git.changed_paths(repository, "HEAD")
    assert "mesh/a" in changed
    assert git.file_at(repository, "HEAD", "mesh/a") == b"1"
    assert git.root_commit(repository) == git.head(repository)
    assert not marker.exists()


def test_the_environment_does_not_lead_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    here = git.head(repository)
    other = tmp_path / "other"
    other.mkdir()
    run(other, "init", "-q")
    commit(other, {"x": "1"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    assert git.head(repository) == here


@pytest.mark.parametrize("says", ["exit 128", "echo 'fatal: Out of memory' >&2; exit 128"])
def test_trouble_with_git_is_not_another_mesh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    """A state folder follows from the first commit: a guess would lead to another one."""
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\n{says}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(PermanentError) as caught:
        git.root_commit(tmp_path)
    assert caught.value.code == "git/failed"
