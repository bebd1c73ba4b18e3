"""Asks git where a piece of work began, and for many files of a commit at once.

Only plumbing, with -z; nothing of the repository is run. Knows nothing of meshes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tierline.evidence.git import commit_of, is_shallow
from tierline.evidence.git_program import ask, failed, run
from tierline.frozen import frozen

_USUAL = ("main", "master", "trunk")
"""what a default branch is called where the repository does not say it"""
_PLACES = ("refs/remotes/origin/", "refs/heads/")
_REGULAR = ("100644", "100755")


@frozen
class Held:
    """A file of a commit. `content` None: `trouble` says why. `size` is in bytes, 0 if unknown.

    `leads`: it is a link or another repository, so that further files may have been behind it.
    """

    content: bytes | None
    size: int = 0
    trouble: str = ""
    leads: bool = False


def default_branch(folder: Path) -> str:
    """The branch that work goes into: what origin's HEAD names, else a usual name; "" where none.

    A branch of origin goes before the local one of that name, which may be old.
    """
    code, output, _ = run(folder, ["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])
    named = output.decode("utf-8", "replace").strip() if code == 0 else ""
    refs = [named] if named else []
    refs += [f"{place}{name}" for name in _USUAL for place in _PLACES]
    found = (ref for ref in refs if run(folder, ["show-ref", "--verify", "--quiet", ref])[0] == 0)
    return next(found, "")


def merge_base(folder: Path, one: str, other: str) -> str:
    """The commit at which two commits parted; "" where their histories never met."""
    code, output, said = run(folder, ["merge-base", one, other])
    if code and said.strip():
        raise failed("merge-base", said)
    return output.decode("ascii", "replace").strip()


def parent_of(folder: Path, commit: str) -> str | None:
    """The first parent of a commit; "" for the first of a history, None where a clone is cut off."""
    output = ask(folder, ["rev-list", "--parents", "--max-count=1", commit])
    words = output.decode("ascii", "replace").split()
    if len(words) > 1:
        return words[1]
    return None if is_shallow(folder) else ""


def files_at(
    folder: Path, commit: str, below: str, limit: Callable[[str], int]
) -> Mapping[str, Held]:
    """Every file at or below a path at a commit, all relative to `folder`; a larger one is not read.

    What is no regular file, or is missing from the history, says so. UsageError for a bad commit.
    """
    listed = ask(folder, ["ls-tree", "-r", "-z", commit_of(folder, commit), "--", below])
    blobs: dict[str, str] = {}
    found: dict[str, Held] = {}
    for entry in filter(None, listed.split(b"\0")):
        facts, _, name = entry.partition(b"\t")
        mode, _, blob = facts.decode("ascii", "replace").split(" ")
        path = os.fsdecode(name)
        if mode in _REGULAR:
            blobs[path] = blob
        else:
            found[path] = Held(None, trouble="no regular file at that commit", leads=True)
    sizes = _sizes(folder, set(blobs.values()))
    wanted: set[str] = set()
    for path, blob in blobs.items():
        size = sizes.get(blob)
        if size is None:
            trouble = f"its content {blob[:12]} is missing from the history"
            found[path] = Held(None, trouble=trouble)
        elif size > limit(path):
            found[path] = Held(None, size, f"{size} bytes (limit {limit(path)})")
        else:
            wanted.add(blob)
    contents = _contents(folder, wanted)
    for path, blob in blobs.items():
        if path not in found:
            found[path] = Held(contents[blob], len(contents[blob]))
    return dict(sorted(found.items()))


def others_with(folder: Path, commit: str, path: str) -> tuple[str, ...]:
    """Folders of a commit ("." its root) that hold `path`; none if `folder` itself is one of them."""
    if ask(folder, ["ls-tree", "-z", commit_of(folder, commit), "--", path]):
        return ()
    listed = ask(folder, ["ls-tree", "-r", "-z", "--full-tree", "--name-only", commit])
    names = (os.fsdecode(name) for name in listed.split(b"\0"))
    return tuple(
        name[: -len(path)].rstrip("/") or "." for name in names if f"/{name}".endswith(f"/{path}")
    )


def _sizes(folder: Path, blobs: Iterable[str]) -> Mapping[str, int]:
    """Bytes of those that are there."""
    given = "".join(f"{blob}\n" for blob in sorted(blobs)).encode()
    code, output, said = run(folder, ["cat-file", "--batch-check"], given=given)
    if code:
        raise failed("cat-file", said)
    lines = (line.split() for line in output.decode("ascii", "replace").splitlines())
    return {words[0]: int(words[2]) for words in lines if len(words) == 3 and words[1] == "blob"}


def _contents(folder: Path, blobs: Iterable[str]) -> Mapping[str, bytes]:
    """`<blob> blob <size> LF <content> LF` of each, in one answer."""
    given = "".join(f"{blob}\n" for blob in sorted(blobs)).encode()
    code, output, said = run(folder, ["cat-file", "--batch"], given=given)
    if code:
        raise failed("cat-file", said)
    found: dict[str, bytes] = {}
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        blob, _, size = output[at:end].decode("ascii").split(" ")
        found[blob] = output[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
    return found
