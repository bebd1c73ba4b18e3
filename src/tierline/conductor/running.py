"""Finds out what an environment runs, as its journal says; makes nothing, and looks at no target.

Where nothing was ever rolled out here, no repository is asked and nothing is imported.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.conductor.whereabouts import JOURNAL, identity_of
from tierline.conductor.workspace import Workspace
from tierline.errors import TierlineError
from tierline.facts.origin import Origin, Ran, Running

if TYPE_CHECKING:
    from tierline.plan.model import Plan


def running_in(workspace: Workspace) -> Running:
    """What the workspace's environment runs; what cannot be looked at is `trouble`, never an error."""
    environment = workspace.environment
    try:
        return Running(environment, _ran(workspace))
    except TierlineError as error:
        return Running(environment, trouble=error.message)
    except OSError as error:
        return Running(environment, trouble=error.strerror or "the system refuses")


def _ran(workspace: Workspace) -> tuple[Ran, ...]:
    from tierline.targets.local.paths import places, state_folder  # noqa: PLC0415 - late for first words

    state = state_folder(os.environ)
    if state is None or not _any_journal(state):
        return ()
    journal = places(identity_of(workspace), os.environ).state / JOURNAL
    if not os.path.lexists(journal):
        return ()
    from tierline.store.released import released  # noqa: PLC0415 - late for first words
    from tierline.targets.local.private import check_private  # noqa: PLC0415 - the same

    check_private(journal.parent)
    return released(journal, workspace.environment, workspace.mesh.services.keys())


def _any_journal(state: Path) -> bool:
    """Whether any environment of any mesh has one."""
    try:
        with os.scandir(state) as found:
            return any(os.path.lexists(f"{one.path}/{JOURNAL}") for one in found)
    except (FileNotFoundError, NotADirectoryError):
        return False


def origin_of_plan(workspace: Workspace, plan: Plan) -> Origin:
    """Where the files of a plan come from, which is of this workspace; to be noted, so never an error."""
    from tierline.evidence.origin import origin_of  # noqa: PLC0415 - few release

    services = workspace.mesh.services
    folders = {one.service_id: services[one.service_id].path for one in plan.services}
    return origin_of(workspace.root, workspace.tree, folders)
