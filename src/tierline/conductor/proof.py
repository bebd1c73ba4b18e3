"""Gathers what is known of test runs, for the gate tests; makes and writes nothing.

Where there is no evidence at all, nothing is hashed, no repository is asked and nothing imported.
"""

from __future__ import annotations

import os
from pathlib import Path

from tierline.conductor.whereabouts import EVIDENCE, evidence_folder
from tierline.conductor.workspace import Workspace
from tierline.errors import TierlineError
from tierline.evidence.content import Content
from tierline.facts.instant import Instant
from tierline.facts.testing import KnownResults

_NO_HOME = "there is no place for state: neither XDG_STATE_HOME nor HOME is set"


def known_results(
    workspace: Workspace, now: Instant, content: Content, *, afresh: bool = False
) -> KnownResults:
    """All that is kept for the workspace's environment, and the revisions that it is compared with.

    `afresh`: every signature is verified now. What cannot be looked at is `trouble`, never an error.
    """
    from tierline.targets.local.paths import state_folder  # noqa: PLC0415 - late for first words

    state = state_folder(os.environ)
    if state is None:
        return KnownResults(now, trouble=_NO_HOME)
    try:
        if not _any_evidence(state):
            return KnownResults(now)
        return _known(workspace, now, content, afresh)
    except TierlineError as error:
        return KnownResults(now, trouble=error.message)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return KnownResults(now, trouble=f"{where}{error.strerror or 'the system refuses'}")


def _any_evidence(state: Path) -> bool:
    """Whether any environment of any mesh has a folder of it."""
    try:
        with os.scandir(state) as found:
            return any(os.path.lexists(f"{one.path}/{EVIDENCE}") for one in found)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _known(workspace: Workspace, now: Instant, content: Content, afresh: bool) -> KnownResults:
    from tierline.evidence.shelf import Shelf  # noqa: PLC0415 - late for first words
    from tierline.targets.local.private import check_private  # noqa: PLC0415 - the same

    folder = evidence_folder(workspace)
    if not os.path.lexists(folder):
        return KnownResults(now)
    for path in (folder.parent, folder):
        check_private(path)
    kept = Shelf(folder).kept(afresh=afresh)
    if not kept:
        return KnownResults(now)
    from tierline.evidence.revisions import revisions  # noqa: PLC0415 - late for first words

    services = workspace.mesh.services
    named = sorted({one.service_id for one in kept} & services.keys())
    return KnownResults(
        now,
        kept,
        revisions(workspace.root, workspace.mesh, named, content, workspace.shipped),
        _own_keys(folder, afresh),
    )


def _own_keys(folder: Path, afresh: bool) -> frozenset[str]:
    """Public halves of our keys; none where we have none, or nobody may look."""
    from tierline.evidence.own_keys import own_keys  # noqa: PLC0415 - late for first words

    try:
        return own_keys(folder, os.environ, afresh=afresh)
    except TierlineError:
        return frozenset()
