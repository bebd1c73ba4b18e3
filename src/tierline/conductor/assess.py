"""From a workspace to a plan: choose, check, judge readiness, plan. Everything that `rollout` needs.

Pure steps in a row; the facts between them are gathered here and nowhere deeper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from tierline.boundary.release import Crossing
from tierline.boundary.table import table_of
from tierline.conductor.checking import Brought, checked
from tierline.conductor.crossing import crossing_of
from tierline.conductor.foreseeing import Behind, replaced, with_foresight
from tierline.conductor.look import Look
from tierline.conductor.past import NOTHING, Past
from tierline.conductor.targets import shipped
from tierline.conductor.wishes import Wishes
from tierline.conductor.workspace import Workspace
from tierline.errors import UsageError
from tierline.evidence.choose import gather
from tierline.evidence.content import Content
from tierline.evidence.data_use import signals_brought
from tierline.evidence.revisions import revisions
from tierline.facts.evidence import Answer
from tierline.facts.instant import Instant
from tierline.facts.revision import Revision
from tierline.frozen import frozen
from tierline.mesh.clean import clean
from tierline.mesh.selection import Method, needs, parse_selection, select
from tierline.plan.build import PlanRequest, build
from tierline.plan.model import Checkpoint, Plan
from tierline.readiness.decide import decide
from tierline.readiness.model import Check, Readiness

_NONE = Wishes()
_TWO = 2
Names = tuple[str, ...]


@frozen
class Situation:
    """What is known of the environment: what runs there, and what its journal adds up to."""

    look: Look = field(default_factory=Look)
    past: Past = NOTHING
    last_at: Instant = 0.0
    """of the newest event: it is over, whatever the wall clock says"""
    unseen: str = ""
    """why nobody could look at what runs; "" where somebody did, or nothing was ever started"""
    behind: Behind = field(default_factory=Behind)
    """where it could go back to"""
    unfinished: Plan | None = None
    """of the rollout that owns the environment, where somebody looked for it"""


@frozen
class Assessment:
    """The services that a selection stands for, how they stand, and the plan to release them."""

    chosen: tuple[str, ...]
    check: Check
    readiness: Readiness
    plan: Plan
    crossing: Crossing = Crossing()


def choose(workspace: Workspace, selection: str, look: Look) -> tuple[str, ...]:
    """The services that a selection stands for; an empty answer is a UsageError, never GO."""
    parsed = parse_selection(selection)
    wanted = needs(parsed)
    asked = any(need.kind is Method.OUTDATED for need in wanted)
    outdated = frozenset(_outdated(workspace, look)) if asked else frozenset[str]()
    gathered = gather(workspace.root, workspace.mesh, wanted, outdated)
    return select(parsed, workspace.mesh, gathered)


def assess(
    workspace: Workspace,
    selection: str,
    situation: Situation,
    now: Instant,
    wishes: Wishes = _NONE,
    *,
    afresh: bool = False,
) -> Assessment:
    """Judge and plan a selection; also one that is not ready, so that it can be shown why.

    `afresh`: signatures of evidence are verified now; for a plan that is about to be carried out.
    """
    mesh, look = workspace.mesh, situation.look
    chosen = choose(workspace, selection, look)
    together = _together(workspace, chosen, wishes, look)
    outside = outside_owners(workspace, chosen)
    content = Content.below(workspace.root)
    revised = _revisions(workspace, chosen, content)
    asked_at = max(now, situation.last_at)
    crossing = crossing_of(workspace, content, revised, situation, asked_at)
    crossing = replace(crossing, together=frozenset(together))
    brought = Brought(crossing=crossing, former=replaced(situation.behind, revised))
    result = checked(workspace, None, asked_at, content, afresh=afresh, brought=brought)
    observed = {name: look.health.get(name, Answer.UNKNOWN) for name in outside}
    readiness = decide(mesh, result, workspace.policy, chosen, observed, unseen=situation.unseen)
    plan = build(
        PlanRequest(
            mesh=mesh,
            selection=selection,
            chosen=chosen,
            readiness=readiness,
            revisions=revised,
            policy=workspace.policy,
            outside={name: look.running(name) for name in outside},
            expected_seconds=situation.past.seconds,
            checkpoint=wishes.checkpoint or Checkpoint.NONE,
            ready_only=wishes.ready_only,
            without=_without(workspace, chosen, wishes, look),
            after=_after(situation.unfinished, revised) or crossing.order(mesh.graph.owners).after,
            together=together,
            brings=signals_brought(mesh, content, chosen, workspace.shipped),
        )
    )
    plan = with_foresight(workspace, plan, situation.behind, content, crossing.matrix)
    if crossing.matrix is not None:
        plan = replace(plan, boundaries=table_of(crossing.matrix))
    return Assessment(chosen, result, readiness, plan, crossing)


def _after(unfinished: Plan | None, revised: Mapping[str, Revision]) -> Mapping[str, Names]:
    """The order of a rollout that is under way with the same revisions: it goes on as it began."""
    if unfinished is None:
        return {}
    planned = {one.service_id: one.revision.id for one in unfinished.services}
    if planned != {name: one.id for name, one in revised.items()}:
        return {}
    return {one.service_id: one.after for one in unfinished.services if one.after}


def _together(
    workspace: Workspace, chosen: tuple[str, ...], wishes: Wishes, look: Look
) -> tuple[str, ...]:
    """The services that move as one. UsageError where that is fewer than two of the selection."""
    if not wishes.together:
        return ()
    found = frozenset(choose(workspace, wishes.together, look)) & frozenset(chosen)
    if len(found) < _TWO:
        raise UsageError(
            f"--together {clean(wishes.together)}: that is {len(found)} of the selection",
            code="selection/alone",
            fix="name at least two services of the selection",
        )
    return tuple(sorted(found))


def _without(
    workspace: Workspace, chosen: tuple[str, ...], wishes: Wishes, look: Look
) -> frozenset[str]:
    """What is left out on request. UsageError where none of it is selected."""
    if not wishes.without:
        return frozenset()
    found = frozenset(choose(workspace, wishes.without, look)) & frozenset(chosen)
    if not found:
        raise UsageError(
            f"--without {clean(wishes.without)}: nothing of it is selected",
            code="selection/empty",
            fix="leave the option out, or name services of the selection",
        )
    return found


def outside_owners(workspace: Workspace, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Owners of the chosen services that are in the mesh and not chosen."""
    inside = frozenset(chosen)
    services = workspace.mesh.services
    found = {owner for name in chosen for owner in services[name].owners} - inside
    return tuple(sorted(found & services.keys()))


def _revisions(
    workspace: Workspace, services: tuple[str, ...], content: Content | None = None
) -> Mapping[str, Revision]:
    """What services would ship to the workspace's environment."""
    read = content or Content.below(workspace.root)
    found = revisions(workspace.root, workspace.mesh, services, read, workspace.shipped)
    return shipped(workspace, found)


def _outdated(workspace: Workspace, look: Look) -> tuple[str, ...]:
    """Services whose observed revision is not the one that the tree would give."""
    names = tuple(workspace.mesh.services)
    wanted = _revisions(workspace, names)
    return tuple(name for name in names if look.running(name) != wanted[name].id)
