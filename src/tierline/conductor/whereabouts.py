"""Where the state of a workspace's environment is; makes nothing."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace


def identity_of(workspace: Workspace, environment: str = "") -> str:
    """The id of a mesh in an environment, its own unless another is named."""
    from tierline.targets.local.paths import identity  # noqa: PLC0415 - seldom needed

    root, name = workspace.root, workspace.mesh.settings.name
    commit = "" if name else _first_commit(root)
    return identity(environment or workspace.environment, root, name, commit)


@cache
def _first_commit(root: Path) -> str:
    """The root commit of the repository around a mesh; "" without a repository or a commit."""
    from tierline.evidence.git import root_commit  # noqa: PLC0415 - seldom needed

    return root_commit(root)


def evidence_folder(workspace: Workspace, environment: str = "") -> Path:
    """Where test evidence is kept, made or not. UsageError without a home."""
    from tierline.targets.local.paths import places  # noqa: PLC0415 - seldom needed

    return places(identity_of(workspace, environment), os.environ).state / EVIDENCE


EVIDENCE = "evidence"
"""the name of that folder in the state folder of an environment"""
JOURNAL = "journal.db"
"""the name of the journal's file in that folder"""
