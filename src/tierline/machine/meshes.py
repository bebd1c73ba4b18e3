"""Judges what a machine shows of the mesh itself: its settings, repository and infrastructure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tierline.facts.decision import Severity
from tierline.facts.machine import Machine
from tierline.machine.model import Needs, Outside, Point
from tierline.machine.words import absent, counted, named

_TARGETS = ("local", "simulated")
"""targets that this version conducts"""


def judge_mesh(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Whether the mesh can be opened at all. What is wrong inside it `check` says."""
    del machine
    if needs.trouble:
        yield Point("mesh", Severity.FAIL, "every command", needs.trouble, needs.fix, required=True)
    elif needs.here:
        runs = f"environment {needs.environment}, target {needs.target or 'none'}"
        yield Point("mesh", Severity.OK, "every command", f"{counted(needs.services)}; {runs}")


def judge_target(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Whether this version can carry anything out there."""
    del machine
    if needs.here and not needs.trouble and needs.target not in _TARGETS:
        where = f"target {needs.target}" if needs.target else "no target"
        yield Point(
            "target",
            Severity.FAIL,
            "rollout, verify",
            f"{needs.environment} runs on {where}; this version conducts {', '.join(_TARGETS)}",
            "name its target in the policy file, or rehearse: --target simulated",
            required=True,
        )


def judge_repository(machine: Machine, needs: Needs) -> Iterator[Point]:
    """Whether git reads the mesh's history, and whether that is whole."""
    found = machine.repository
    if not needs.here or found is None:
        return
    what = "the selection changed:" + ("" if needs.named else ", the identity of the mesh")
    if found.trouble:
        fix = (
            "git config --global --add safe.directory FOLDER (the repository's)"
            if found.foreign
            else "git init, then commit; all but changed: works without"
        )
        yield Point("repository", Severity.WARN, what, found.trouble, fix)
    elif found.shallow:
        point = Point(
            "repository",
            Severity.OK,
            what,
            "the clone is shallow"
            + (
                "" if needs.named else ", so its first commit, by which a mesh is known, is cut off"
            ),
            "git fetch --unshallow"
            + ("" if needs.named else '; or name it in tierline.toml: name = "my-mesh"'),
            required=needs.local and not needs.named,
        )
        yield absent(point)
    elif found.missing:
        yield Point(
            "repository",
            Severity.WARN,
            what,
            f"objects of its newest commits are missing: {found.missing}",
            "fetch them: git fetch --refetch; or see git fsck",
        )
    elif found.found:
        yield Point("repository", Severity.OK, what, "git reads it")


def judge_outside(machine: Machine, needs: Needs) -> Iterator[Point]:
    """What services need besides the mesh: databases, brokers, externals. tierline starts none.

    Externals are assumed locally, so those that do not answer are told together.
    """
    if not needs.local:
        return
    strangers: list[tuple[str, Outside]] = []
    for address, outside in sorted(needs.addresses.items()):
        trouble = machine.answers.get(address)
        if outside.external and trouble != "":
            strangers.append((address, outside))
        else:
            yield _beside(address, outside, trouble)
    if strangers:
        services = tuple(sorted({name for _, one in strangers for name in one.services}))
        names = tuple(f"{one.what} ({address})" for address, one in strangers)
        yield Point(
            "external",
            Severity.WARN,
            f"{counted(services)}: {named(services)}",
            f"externals that do not answer on this machine: {named(names)}",
            "nothing, where services do without; else start them, or give other addresses",
            services,
        )


def _beside(address: str, outside: Outside, trouble: str | None) -> Point:
    point = Point(
        "external" if outside.external else "infrastructure",
        Severity.OK,
        f"{counted(outside.services)}: {named(outside.services)}",
        f"{outside.what}: {address} answers",
        services=outside.services,
    )
    if trouble is None:
        said = f"{outside.what}: {address} is not on this machine, so it was not asked"
        fix = f"try it from here: nc -vz {address.replace(':', ' ')}"
        return replace(point, status=Severity.UNKNOWN, fact=said, fix=fix)
    if trouble:
        fix = "start it, or give another address in .env, [local.variables] or configs"
        said = f"{outside.what}: {trouble}"
        return replace(point, status=Severity.WARN, fact=said, fix=fix)
    return point
