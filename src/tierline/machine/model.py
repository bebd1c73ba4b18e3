"""What a mesh needs of a machine, and what was judged of it, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.facts.decision import Decision, Severity, decision_of, worst
from tierline.frozen import frozen

Services = tuple[str, ...]


@frozen
class Minimum:
    """The oldest version of a language's tool that will do, and a service that asks for it."""

    version: str
    service_id: str


@frozen
class Outside:
    """An address beside the mesh: `what` it is of (a configuration key, or an external's id)."""

    what: str
    services: Services
    external: bool = False


@frozen
class Needs:
    """What a mesh needs in an environment. `Needs()` is of no mesh: then nothing is required.

    `languages` language -> services written in it; `minimum` the version that they ask for;
    `programs` name of a program on PATH -> services started with it; `ports` port that a
    configuration names -> services; `addresses` `host:port` beside the mesh -> what it is.
    `named`: tierline.toml names the mesh, so that git need not.
    """

    mesh: str = ""
    environment: str = ""
    target: str = ""
    trouble: str = ""
    """why the mesh cannot be used at all"""
    fix: str = ""
    named: bool = False
    services: Services = ()
    languages: Mapping[str, Services] = field(default_factory=dict[str, Services])
    minimum: Mapping[str, Minimum] = field(default_factory=dict[str, Minimum])
    programs: Mapping[str, Services] = field(default_factory=dict[str, Services])
    ports: Mapping[int, Services] = field(default_factory=dict[int, Services])
    addresses: Mapping[str, Outside] = field(default_factory=dict[str, Outside])
    contracts: frozenset[str] = frozenset()
    """tools that its contract files are for: buf, oasdiff"""

    @property
    def here(self) -> bool:
        """Whether there is a mesh."""
        return bool(self.mesh)

    @property
    def local(self) -> bool:
        """Whether services would run as processes of this machine."""
        return self.target == "local"


@frozen
class Point:
    """One thing that was looked at. `required`: the environment cannot do without it.

    Where it is not required, its absence is a warning and what is unknown decides nothing.
    """

    id: str
    status: Severity
    needed_for: str
    fact: str
    fix: str = ""
    services: Services = ()
    required: bool = False


@frozen
class Examination:
    """Every point in the order of the table, and what of the table is not needed here."""

    needs: Needs
    points: tuple[Point, ...]
    not_needed: tuple[str, ...] = ()

    @property
    def decision(self) -> Decision:
        """NO-GO: something required is missing; HOLD: of something required nothing is known."""
        return worst(
            decision_of(point.status)
            for point in self.points
            if point.required or point.status is Severity.FAIL
        )
