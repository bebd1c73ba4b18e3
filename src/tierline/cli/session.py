"""Opens what a command works with: the workspace, its store and its target."""

from __future__ import annotations

import getpass
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tierline.cli.waiting import waiting
from tierline.conductor.whereabouts import JOURNAL, identity_of
from tierline.errors import PermanentError, UsageError
from tierline.evidence.clock import Clock, WallClock

if TYPE_CHECKING:
    from tierline.conductor.assess import Situation
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace
    from tierline.store.protocol import Store
    from tierline.targets.local.client import Client
    from tierline.targets.local.paths import Folders
    from tierline.targets.protocol import Holder, Target

Need = Literal["mesh", "check", "plan"]
"""what a command asks of a mesh: what it says, also what gates find, also what would ship"""


def local_folders(workspace: Workspace) -> Folders:
    """The folders of the workspace's local environment; made where they are missing."""
    from tierline.targets.local.paths import folders

    return folders(identity_of(workspace), os.environ)


def clock_of(workspace: Workspace, store: Store) -> WallClock:
    """A clock that is never before what the environment's journal already holds."""
    from tierline.conductor.history import last_at

    return WallClock(last_at(store, workspace.environment))


def target_of(workspace: Workspace, clock: Clock | None = None) -> Target:
    """The target of the environment; UsageError where nobody here conducts it.

    `clock` stamps its evidence: give the conductor's where one conducts.
    """
    from tierline.conductor.targets import open_target

    return open_target(workspace, local_folders(workspace), (clock or WallClock()).now)


def view_of(workspace: Workspace) -> Target:
    """The target only to look at what runs: no folder is made, so that it works on any medium."""
    from tierline.conductor.targets import open_target
    from tierline.targets.local.paths import places

    return open_target(workspace, places(identity_of(workspace), os.environ), WallClock().now)


def is_conducted(workspace: Workspace) -> bool:
    """Whether this version conducts the target of the environment; a rehearsal has none."""
    from tierline.conductor.targets import OPENERS

    return workspace.policy.target in OPENERS


def is_local(workspace: Workspace) -> bool:
    """Whether a supervisor of this machine holds what runs."""
    return workspace.policy.target == "local"


def supervisor(workspace: Workspace) -> Client:
    """Asks the supervisor of the local environment."""
    from tierline.targets.local.client import Client

    folders = local_folders(workspace)
    return Client(folders.state, folders.runtime)


async def holds(workspace: Workspace) -> bool:
    """Whether anything may run in the environment; starts and makes nothing to find out.

    What others run has to be asked, so it may. PermanentError where we may not look, or where others
    may.
    """
    if not is_local(workspace):
        return True
    from tierline.targets.local.client import Client
    from tierline.targets.local.paths import places

    if _state(workspace) is None:
        return False
    found = places(identity_of(workspace), os.environ)
    return await Client(found.state, found.runtime).holds()


@contextmanager
def local_store(workspace: Workspace) -> Generator[Store]:
    """The store of the workspace's environment, closed in the end."""
    from tierline.store.sqlite import SqliteStore

    store = SqliteStore(local_folders(workspace).state / JOURNAL)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def local_history(workspace: Workspace) -> Generator[Store]:
    """The same only to be read: nothing is made or written, so that it works on any medium."""
    from tierline.store.memory import MemoryStore

    if not has_history(workspace):
        yield MemoryStore()
        return
    from tierline.store.reader import SqliteReader
    from tierline.targets.local.paths import places

    store = SqliteReader(places(identity_of(workspace), os.environ).state / JOURNAL)
    try:
        yield store
    finally:
        store.close()


def has_history(workspace: Workspace) -> bool:
    """Whether anything was ever rolled out here, found out without making a folder or a file.

    PermanentError where we may not look, or where others may.
    """
    state = _state(workspace)
    if state is None:
        return False
    journal = state / JOURNAL
    try:
        found = (journal.stat if journal.exists() else journal.lstat)().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not stat.S_ISREG(found):
        raise PermanentError(
            f"{journal} is no file",
            code="state/unusable",
            fix="move it away, and restore the state folder from a backup if there is one",
        )
    return True


def _state(workspace: Workspace) -> Path | None:
    """The state folder of the workspace, ours alone; None where there is none."""
    from tierline.targets.local.paths import state_folder
    from tierline.targets.local.private import check_private

    state = state_folder(os.environ)
    try:
        if state is None or not state.exists():
            return None
        state /= identity_of(workspace)
        state.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise PermanentError(
            f"{state} cannot be read: {error.strerror}",
            code="state/unusable",
            fix="give a folder of your own with XDG_STATE_HOME",
        ) from error
    check_private(state)
    return state


async def situation(workspace: Workspace, target: Target, store: Store) -> Situation:
    """What runs, how healthy it is, and how long starts took; starts nothing."""
    from tierline.conductor.assess import Situation
    from tierline.conductor.foreseeing import behind
    from tierline.conductor.history import last_at, past_of
    from tierline.conductor.look import Look, look

    past = past_of(store, workspace.environment)
    occupied = await holds(workspace)
    seen = await look(target, workspace.mesh.services) if occupied else Look()
    before = await behind(store, target, workspace.environment)
    return Situation(seen, past, last_at(store, workspace.environment), behind=before)


def user() -> str:
    """Who asks."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"uid {os.getuid()}"


def holder(workspace: Workspace, task: str) -> Holder:
    """Who we are to others that want the lease; `task` is our command."""
    from tierline.conductor.lease import this_holder

    return this_holder(user(), task, str(workspace.root))


def workspace_of(
    place: Place, need: Need = "plan", gates: frozenset[str] | None = None
) -> Workspace:
    """Open the workspace that a command's options name, as deeply as the command needs.

    Of a workspace that was opened for some `gates`, no others may be asked.
    """
    with waiting("reading the mesh ..."):
        from tierline.conductor.workspace import open_workspace
        from tierline.evidence.folder import Depth

        depths = {"mesh": Depth.MESH, "check": Depth.JUDGED, "plan": Depth.SHIPPED}
        return open_workspace(place, depths[need], gates)


def words(selection: tuple[str, ...]) -> str:
    """A selection as one text. UsageError for words that hold nothing: the whole mesh has none."""
    text = " ".join(selection)
    if selection and not text.strip():
        raise UsageError(
            "the selection is empty",
            code="selection/empty",
            fix="name a service, or leave the word out to mean the whole mesh",
        )
    return text


def existing_plan(selection: tuple[str, ...]) -> Path | None:
    """The plan file that the arguments name: one word that is an existing file."""
    path = Path(selection[0]) if len(selection) == 1 else None
    if path is not None and path.suffix == ".json" and not path.exists():
        fix = f"write it first: tierline plan -o {path}"
        raise UsageError(f"there is no plan file {path}", code="plan/no-file", fix=fix)
    return path if path is not None and path.is_file() else None
