"""What was found out about the machine that a command runs on, as values; judges nothing.

`None` and an absent key mean that nobody could tell, never that nothing is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.frozen import frozen


@frozen
class Tool:
    """A program. `path` "": not on PATH. `trouble`: why it gave no version, in words.

    `silent`: it did not answer in time, so nothing is known of it.
    """

    path: str = ""
    version: str = ""
    trouble: str = ""
    silent: bool = False


@frozen
class Step:
    """A folder of tierline that exists already: whose it is and who may enter it."""

    path: str
    owner: int
    mode: int
    is_folder: bool = True


@frozen
class Folder:
    """Where tierline keeps something: `role` is state, runtime or cache.

    `steps` are those of its folders that exist. `tried` is the folder in which writing was tried:
    the last step, or the nearest one above that exists. `trouble` says why nothing can be written
    there; `stores` and `meets` why a journal or a socket do not work there; "" where they do.
    `free_bytes` and `free_inodes` are of its file system.
    """

    role: str
    path: str
    variable: str
    steps: tuple[Step, ...] = ()
    tried: str = ""
    trouble: str = ""
    stores: str = ""
    meets: str = ""
    free_bytes: int | None = None
    free_inodes: int | None = None
    file_system: str = ""


@frozen
class Clock:
    """`synchronized`: by NTP. Seconds: `ahead` is how far the newest journal lies in the future,
    `apart` how much the state folder's file system and this clock differ, `jumped` how much the
    wall clock moved against the monotonic one while it was looked at.
    """

    synchronized: bool | None = None
    ahead: float | None = None
    apart: float | None = None
    jumped: float | None = None


@frozen
class Limits:
    """How much this process, and what it starts, may use. Soft limits; bytes of memory."""

    descriptors: int | None = None
    most_descriptors: int | None = None
    processes: int | None = None
    running: int | None = None
    memory: int | None = None


@frozen
class Repository:
    """The git repository around a mesh. `trouble`: why git does not read it."""

    found: bool = False
    trouble: str = ""
    foreign: bool = False
    shallow: bool = False
    missing: int | None = None
    """objects that its newest commits need and that are not there"""


@frozen
class Taken:
    """Who listens on a port; pid 0 and no program where the system does not tell."""

    pid: int = 0
    program: str = ""


@frozen
class Machine:
    """Everything that was asked; a part that did not answer in time is None or absent.

    `tools` program -> what it told; `folders` by role; `taken` port -> who listens there, of those
    asked for (None: nobody could look); `answers` `host:port` -> why nothing answers there, "" where
    something does, absent where it was not tried. `loopback`: why it does not work. `relative` are
    entries of PATH that mean another folder wherever one stands. `fetches_go`: a go that is too old may
    fetch a newer one.
    """

    system: str
    user: int
    python: str
    lacks: tuple[str, ...] = ()
    tools: Mapping[str, Tool] = field(default_factory=dict[str, Tool])
    folders: Mapping[str, Folder] = field(default_factory=dict[str, Folder])
    homeless: str = ""
    clock: Clock | None = None
    limits: Limits | None = None
    loopback: str | None = None
    taken: Mapping[int, Taken] | None = None
    free_ports: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    repository: Repository | None = None
    encoding: str = ""
    fetches_go: bool = False
    relative: tuple[str, ...] = ()
