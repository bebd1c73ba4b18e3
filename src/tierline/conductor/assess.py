"""From a workspace to a plan: choose, check, judge readiness, plan. Everything that `rollout` needs.

Pure steps in a row; the facts between them are gathered here and nowhere deeper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tierline.conductor.checking import checked
from tierline.conductor.foreseeing import Behind, with_foresight
from tierline.conductor.look import Look
from tierline.conductor.past import NOTHING, Past
from tierline.conductor.targets import shipped
from tierline.conductor.wishes import Wishes
from tierline.conductor.workspace import Workspace
from tierline.errors import UsageError
from tierline.evidence.choose import gather
from tierline.evidence.content import Content
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


@frozen
class Assessment:
    """The services that a selection stands for, how they stand, and the plan to release them."""

    chosen: tuple[str, ...]
    check: Check
    readiness: Readiness
    plan: Plan


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
    outside = outside_owners(workspace, chosen)
    content = Content.below(workspace.root)
    result = checked(workspace, None, max(now, situation.last_at), content, afresh=afresh)
    observed = {name: look.health.get(name, Answer.UNKNOWN) for name in outside}
    readiness = decide(mesh, result, workspace.policy, chosen, observed, unseen=situation.unseen)
    plan = build(
        PlanRequest(
            mesh=mesh,
            selection=selection,
            chosen=chosen,
            readiness=readiness,
            revisions=_revisions(workspace, chosen, content),
            policy=workspace.policy,
            outside={name: look.running(name) for name in outside},
            expected_seconds=situation.past.seconds,
            checkpoint=wishes.checkpoint or Checkpoint.NONE,
            ready_only=wishes.ready_only,
            without=_without(workspace, chosen, wishes, look),
        )
    )
    plan = with_foresight(workspace, plan, situation.behind, content)
    return Assessment(chosen, result, readiness, plan)


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
