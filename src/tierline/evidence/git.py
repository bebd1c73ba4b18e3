"""Asks git about a repository: commits, authors, changed paths. Output is read with -z.

Knows nothing of meshes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tierline.errors import PermanentError, UsageError
from tierline.evidence.git_program import ask, failed, run, text
from tierline.mesh.clean import clean

_NO_REPOSITORY = (b"not a git repository", b"dubious ownership")
"""what git says where there is none, or none that it reads for us"""
_RAW = ("-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", "--relative")


def head(folder: Path) -> str:
    """The commit checked out in the repository around `folder`, as 40 or 64 hex digits."""
    return commit_of(folder, "HEAD")


def commit_of(folder: Path, ref: str) -> str:
    """The commit that a reference names. UsageError for one that names none."""
    if not ref or ref.startswith("-") or any(ord(character) < 33 for character in ref):
        raise _bad_ref(ref)
    top_level(folder)
    asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"]
    code, output, _ = run(folder, asked)
    if code:
        raise _bad_ref(ref)
    return output.decode("ascii", "replace").strip()


def root_commit(folder: Path) -> str:
    """The first commit of the history, the smallest if it has several: the same in every clone.

    "" where there is no git, no repository that it reads, or no commit in it. A shallow clone has
    no such commit: PermanentError says so. Any other trouble is raised, too: taken for an answer, it
    would lead to the state of another mesh.
    """
    try:
        code, output, said = run(
            folder, ["rev-parse", "--is-shallow-repository", "--revs-only", "HEAD"]
        )
    except PermanentError as error:
        if error.code == "git/missing":
            return ""
        raise
    if code and not any(words in said for words in _NO_REPOSITORY):
        raise failed("rev-parse", said)
    shallow, _, commit = output.decode("ascii", "replace").partition("\n")
    if code or not commit:
        return ""
    if shallow == "true":
        raise PermanentError(
            "the clone is shallow, so its first commit is not known",
            code="git/shallow",
            fix="give the mesh a `name` in tierline.toml, or fetch the whole history",
        )
    return min(text(folder, ["rev-list", "--max-parents=0", commit.strip()]).split())


def is_shallow(folder: Path) -> bool:
    """Whether the history was cut off when it was cloned."""
    return text(folder, ["rev-parse", "--is-shallow-repository"]) == "true"


def missing_objects(folder: Path, commits: int) -> int | None:
    """How many objects that the newest commits need are not there; None where git cannot say."""
    asked = ["rev-list", "--objects", "--missing=print", f"--max-count={commits}", "HEAD"]
    code, output, _ = run(folder, asked)
    return None if code else sum(line.startswith(b"?") for line in output.split(b"\n"))


def newest_authors(folder: Path, paths: Iterable[str]) -> frozenset[str]:
    """Addresses, in lower case, of author, committer and co-authors of the newest commit of `paths`.

    Paths are relative to `folder`; nobody where no commit touches them. Names are as committed: a
    .mailmap, which the repository could bring, does not count.
    """
    wanted = [f":(literal){path}" for path in paths]
    if not wanted:
        return frozenset()
    shown = "--format=%ae%x00%ce%x00%(trailers:key=Co-authored-by,valueonly,separator=%x00)"
    asked = ["rev-list", "-1", shown, commit_of(folder, "HEAD"), "--", *wanted]
    _, _, told = text(folder, asked).partition("\n")
    addresses = (word.rpartition("<")[2].rstrip("> \n").lower() for word in told.split("\0"))
    return frozenset(address for address in addresses if address)


def top_level(folder: Path) -> Path:
    """The repository's own folder. PermanentError where `folder` is in none."""
    code, output, said = run(folder, ["rev-parse", "--show-toplevel"])
    if code:
        ours = b"dubious ownership" not in said
        raise PermanentError(
            f"{clean(str(folder), 200)} is not in a git repository"
            if ours
            else f"{clean(str(folder), 200)} belongs to another user, so git does not read it",
            code="git/no-repository" if ours else "git/owner",
            fix="make one: git init" if ours else "trust it: git config --global safe.directory",
        )
    return Path(os.fsdecode(output.removesuffix(b"\n")))


def changed_paths(folder: Path, base: str, until: str | None = None) -> tuple[str, ...]:
    """Paths below `folder`, relative to it, that differ between two commits; sorted.

    Compared is from where `until` branched off `base`. Without `until` it is the working tree that
    counts, untracked files included. Renames count as both paths. UsageError for a bad reference.
    """
    since = _merge_base(folder, commit_of(folder, base), commit_of(folder, until or "HEAD"))
    if until is not None:
        compared = ["diff-tree", "-r", *_RAW, since, commit_of(folder, until), "--"]
        return tuple(sorted(path for path, _ in _differences(folder, compared)))
    compared = ["diff-index", *_RAW, since, "--"]
    listed = _differences(folder, compared, _without_filters(folder))
    found = {path for path, blob in listed if not _same(folder / path, blob)}
    others = ask(folder, ["ls-files", "-z", "--others", "--exclude-standard"])
    found |= {os.fsdecode(path) for path in others.split(b"\0") if path}
    return tuple(sorted(found))


def edited_paths(folder: Path, commit: str, below: str) -> tuple[str, ...]:
    """Files at or below a path, relative to `folder` as it is, that are not as a commit has them.

    Files that git does not track are not among them.
    """
    asked = ["diff-index", *_RAW, commit, "--", f":(literal){below}"]
    listed = _differences(folder, asked, _without_filters(folder))
    return tuple(sorted(path for path, blob in listed if not _same(folder / path, blob)))


def is_dirty(folder: Path) -> bool:
    """Whether anything below `folder` differs from the commit checked out."""
    return bool(changed_paths(folder, "HEAD"))


def file_at(folder: Path, ref: str, path: str) -> bytes:
    """The content of `path` (relative to `folder`) at a commit.

    PermanentError where the commit has no such file, or its content is missing from the history.
    """
    commit = commit_of(folder, ref)
    listed = ask(folder, ["ls-tree", "-z", "--end-of-options", commit, "--", f":(literal){path}"])
    entry, _, name = listed.split(b"\0", 1)[0].partition(b"\t")
    words = entry.split(b" ")
    if name != os.fsencode(path) or words[1] != b"blob":
        raise PermanentError(
            f"{clean(ref)} has no file {clean(path)}",
            code="git/no-file",
            fix="name a commit that has it",
        )
    blob = words[2].decode("ascii", "replace")
    code, content, _ = run(folder, ["cat-file", "blob", blob])
    if code:
        raise PermanentError(
            f"{clean(path)} at {clean(ref)}: its content {blob[:12]} is missing from the history",
            code="git/missing-blob",
            fix="fetch the whole history, or mend the repository: git fsck",
        )
    return content


def _merge_base(folder: Path, base: str, until: str) -> str:
    code, output, _ = run(folder, ["merge-base", base, until])
    if code:
        raise PermanentError(
            f"{base[:12]} and {until[:12]} have no common history",
            code="git/no-merge-base",
            fix="fetch the whole history, or name another base",
        )
    return output.decode("ascii", "replace").strip()


def _without_filters(folder: Path) -> dict[str, str]:
    """Settings that switch every filter of the repository off, as environment variables.

    Git runs a clean filter over a file that is as young as the index to see whether it changed.
    """
    code, output, _ = run(folder, ["config", "-z", "--name-only", "--get-regexp", r"^filter\."])
    keys = {os.fsdecode(key) for key in output.split(b"\0") if key} if code == 0 else set[str]()
    drivers = sorted({key.rpartition(".")[0] for key in keys})
    off = [
        (f"{driver}.{name}", "") for driver in drivers for name in ("clean", "smudge", "process")
    ]
    off += [(f"{driver}.required", "false") for driver in drivers]
    settings = {"GIT_CONFIG_COUNT": str(len(off))}
    for number, (key, value) in enumerate(off):
        settings |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return settings


def _differences(
    folder: Path, arguments: list[str], more: Mapping[str, str] | None = None
) -> list[tuple[str, str]]:
    """Path and former blob of every difference: `:modes old new status NUL path NUL`."""
    parts = ask(folder, arguments, more).split(b"\0")
    pairs = zip(parts[::2], parts[1::2], strict=False)
    return [(os.fsdecode(path), raw.split(b" ")[2].decode("ascii")) for raw, path in pairs]


def _same(path: Path, blob: str) -> bool:
    """Whether a file that only looks touched still is `blob`; read here, so that no filter runs."""
    try:
        content = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
    except OSError:
        return False
    algorithm = "sha1" if len(blob) == 40 else "sha256"
    framed = b"blob %d\0%b" % (len(content), content)
    return hashlib.new(algorithm, framed, usedforsecurity=False).hexdigest() == blob


def _bad_ref(ref: str) -> UsageError:
    return UsageError(
        f"{clean(ref) or 'an empty name'} is no commit of this repository",
        code="git/bad-reference",
        fix="name a branch, tag or commit: git log --oneline",
    )
