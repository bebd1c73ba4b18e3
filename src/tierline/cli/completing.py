"""Completes words of a command line from the mesh in this folder; says nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.errors import TierlineError
from tierline.regex import regex

if TYPE_CHECKING:
    from tierline.mesh.model import Mesh

_BEGUN = regex(r"(?:.*,)?(?:[0-9]*\+)?")
"""what of a word stands before the name in it: `tier:0,2+` of `tier:0,2+M05`"""


def services(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Service ids."""
    mesh = _mesh(context)
    return _fitting(mesh.services, begun) if mesh else []


def domains(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Domains of the mesh's profile."""
    mesh = _mesh(context)
    return _fitting(mesh.profile.domains, begun) if mesh else []


def selections(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Service ids, domains, tiers, batches, and the other selectors.

    Bash splits words at a colon: then the selector is among the words before, and only what
    follows it may be answered.
    """
    mesh = _mesh(context)
    if mesh is None:
        return []
    before = tuple(context.params.get(parameter.name or "") or ())
    if begun == ":" and before:
        return _after(mesh, before[-1], "")
    if len(before) > 1 and before[-1] == ":":
        return _after(mesh, before[-2], begun)
    head = _BEGUN.match(begun)
    prefix = head[0] if head else ""
    found = _fitting([*mesh.services, *_selectors(mesh)], begun.removeprefix(prefix))
    return [prefix + word for word in found]


def gates(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Ids of gates."""
    from tierline.readiness.gates import GATE

    return _fitting(GATE, begun)


def codes(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Gates and the codes that can be explained."""
    from tierline.context.codes import CONTEXT_CODES
    from tierline.plan.approval_codes import APPROVAL_CODES, APPROVAL_GATE
    from tierline.plan.codes import PLAN_CODES
    from tierline.readiness.codes import CODES
    from tierline.readiness.gates import GATE
    from tierline.report.errors import ERRORS
    from tierline.report.meanings import ROLLOUT_CODES

    told = (*ROLLOUT_CODES, *PLAN_CODES, *APPROVAL_CODES, *CONTEXT_CODES)
    return _fitting([*GATE, APPROVAL_GATE.id, *CODES, *(one.code for one in told), *ERRORS], begun)


def schemas(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Names of the JSON Schemas."""
    from tierline.cli.commands.schema import schema_names

    return _fitting(schema_names(), begun)


def targets(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """What `--target` takes anywhere."""
    return _fitting(("local", "simulated"), begun)


def environments(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """The local one, and those of the policy file."""
    from tierline.conductor.policy_file import read_policy_file
    from tierline.conductor.workspace import LOCAL

    try:
        file = read_policy_file(context.params.get("policy_file"))
    except (TierlineError, OSError):
        file = None
    return _fitting(dict.fromkeys((LOCAL, *(file.environments if file else ()))), begun)


def rollouts(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Ids of rollouts of the environment, the newest first."""
    from tierline.cli.session import local_history
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import open_workspace

    given = context.params
    place = Place(given.get("root_path"), given.get("environment"), given.get("policy_file"))
    try:
        workspace = open_workspace(place)
        with local_history(workspace) as store:
            found = store.rollouts(workspace.environment)
    except (TierlineError, OSError):
        return []
    return _fitting(reversed(found), begun)


def issues(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Ids of the environment's issues, oldest first."""
    from tierline.cli.ledger import all_issues
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import open_workspace

    given = context.params
    place = Place(given.get("root_path"), given.get("environment"), given.get("policy_file"))
    try:
        found = all_issues(open_workspace(place))
    except (TierlineError, OSError):
        return []
    return _fitting([one.id for one in found], begun)


def superseded(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """What `--supersedes` takes."""
    return [*_fitting(["latest"], begun), *rollouts(context, parameter, begun)]


def rollouts_and_services(
    context: click.Context, parameter: click.Parameter, begun: str
) -> list[str]:
    """A service, or before it a rollout."""
    first = not context.params.get(parameter.name or "")
    named = rollouts(context, parameter, begun) if first else []
    return [*named, *services(context, parameter, begun)]


def _after(mesh: Mesh, selector: str, begun: str) -> list[str]:
    """Arguments of a selector."""
    prefix = f"{selector.rpartition(',')[2]}:"
    arguments = [w.removeprefix(prefix) for w in _selectors(mesh) if w.startswith(prefix)]
    return _fitting(arguments, begun)


def _selectors(mesh: Mesh) -> list[str]:
    from tierline.mesh.selection import batches_of

    return [
        *(f"domain:{name}" for name in sorted({one.domain for one in mesh.services.values()})),
        *(f"tier:{number}" for number in sorted(set(mesh.graph.tiers.values()))),
        *(f"batch:{name}" for name in batches_of(mesh.graph)),
        *("changed:", "outdated", "file:"),
    ]


def _fitting(words: Iterable[str], begun: str) -> list[str]:
    lower = begun.lower()
    return [word for word in words if word.lower().startswith(lower)]


def _mesh(context: click.Context) -> Mesh | None:
    """The mesh that the command would be about; None where there is no such thing."""
    from tierline.evidence.load import load_mesh
    from tierline.evidence.root import find_root

    try:
        return load_mesh(find_root(Path.cwd(), context.params.get("root_path")))
    except (TierlineError, OSError):
        return None
