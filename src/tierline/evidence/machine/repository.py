"""Asks git how it stands with the repository around a mesh: readable, whole, ours."""

from __future__ import annotations

from pathlib import Path

from tierline.errors import PermanentError, TemporaryError, TierlineError
from tierline.evidence import git
from tierline.evidence.git_program import within
from tierline.facts.machine import Repository

SECONDS = 2.0
_COMMITS = 200
"""newest commits whose objects are looked for"""


def repository(root: Path) -> Repository | None:
    """What git says; None where there is no git, or where it does not answer."""
    try:
        with within(SECONDS):
            return _asked(root)
    except TierlineError:
        return None


def _asked(root: Path) -> Repository | None:
    try:
        git.top_level(root)
    except PermanentError as error:
        if error.code == "git/missing":
            return None
        return Repository(trouble=error.message, foreign=error.code == "git/owner")
    shallow = git.is_shallow(root)
    try:
        missing = git.missing_objects(root, _COMMITS)
    except TemporaryError:
        missing = None
    return Repository(found=True, shallow=shallow, missing=missing)
