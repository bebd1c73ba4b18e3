"""Gathers what both sides of every boundary go by, and keeps it for the releases that follow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from tierline.boundary.judge import Compared, Gathered, matrix_of
from tierline.boundary.model import Matrix
from tierline.boundary.release import Crossing
from tierline.boundary.shipment import UNUSED, Shipment
from tierline.conductor.targets import shipped as as_shipped
from tierline.conductor.whereabouts import identity_of
from tierline.conductor.workspace import Workspace
from tierline.contracts.change import Change
from tierline.errors import TierlineError
from tierline.evidence.content import Content
from tierline.facts.instant import Instant
from tierline.facts.revision import Revision
from tierline.mesh.tree import Entry, Kind
from tierline.policy.model import Demand

if TYPE_CHECKING:
    from pathlib import Path

    from tierline.boundary.can_roll import CanRoll
    from tierline.conductor.assess import Situation
    from tierline.evidence.shipments import Shipping
    from tierline.plan.model import Plan
    from tierline.rollout.former import Formers

_BOTH = 2


def crossing_of(
    workspace: Workspace,
    content: Content,
    revisions: Mapping[str, Revision],
    situation: Situation,
    now: Instant,
) -> Crossing:
    """What a release of these revisions meets; nothing is compared where nothing runs."""
    if situation.unseen:
        return Crossing(unseen=situation.unseen)
    if not any(seen.instances for seen in situation.look.seen.values()):
        return Crossing()
    return Crossing(matrix_now(workspace, content, revisions, situation, now))


def can_roll_now(
    workspace: Workspace, selection: str, together: str, situation: Situation, now: Instant
) -> CanRoll:
    """Whether a selection can move, every service of the mesh being free to move along."""
    from tierline.boundary.can_roll import can_roll  # noqa: PLC0415 - one command asks
    from tierline.conductor.assess import choose  # noqa: PLC0415 - it imports this module
    from tierline.evidence.revisions import revisions  # noqa: PLC0415 - one command asks

    mesh, content = workspace.mesh, Content.below(workspace.root)
    chosen = choose(workspace, selection, situation.look)
    one = choose(workspace, together, situation.look) if together else ()
    found = revisions(workspace.root, mesh, tuple(mesh.services), content, workspace.shipped)
    would = as_shipped(workspace, found)
    matrix = matrix_now(workspace, content, would, situation, now)
    return can_roll(matrix, chosen, mesh.graph.owners, (frozenset(one),) if one else ())


def matrix_now(
    workspace: Workspace,
    content: Content,
    revisions: Mapping[str, Revision],
    situation: Situation,
    now: Instant,
) -> Matrix:
    """Every boundary of the mesh, where the services of `revisions` would move.

    What runs is as somebody saw it, and what that was shipped with as it was kept; the journal says
    what of it was verified, and what it may still go back to.
    """
    from tierline.evidence.shipments import Shipping  # noqa: PLC0415 - only where something runs

    shipping = Shipping(workspace.mesh, content)
    candidate = {name: shipping.of(name, one) for name, one in revisions.items()}
    look, past = situation.look, situation.past
    running = {name: look.running(name) for name in look.seen if look.seen[name].instances}
    known = _running(workspace, candidate, running)
    former = _former(workspace, situation.behind.formers, running, now)
    earlier = [one for found in former.values() for one in found.values()]
    contents = _contents(workspace, shipping, candidate, [*known.values(), *earlier])
    meeting = [*candidate.values(), *known.values(), *earlier]
    gathered = Gathered(
        candidate,
        known,
        running,
        contents,
        proto=_proto(workspace, meeting, contents),
        former=former,
        declared=_declared(workspace, shipping, known, content),
        verified=frozenset(
            name for name, revision in running.items() if past.verified.get(name) == revision
        ),
    )
    return matrix_of(gathered, ties=workspace.policy.demand("boundaries") is Demand.REQUIRED)


def _proto(
    workspace: Workspace,
    meeting: Iterable[Shipment | str],
    contents: Mapping[str, Entry],
) -> Mapping[Compared, tuple[Change, ...] | str]:
    """What buf says of the proto files of two revisions that can meet."""
    known = [one for one in meeting if isinstance(one, Shipment)]
    if not any(path.endswith(".proto") for one in known for path in one.provides):
        return {}
    from tierline.evidence.proto_pairs import proto_pairs  # noqa: PLC0415 - few have proto files

    return proto_pairs(workspace.root, known, contents)


def keep_contracts(workspace: Workspace, plan: Plan) -> None:
    """Keep the contracts of everything planned. TemporaryError where they cannot be written."""
    from tierline.evidence.contract_shelf import keep  # noqa: PLC0415 - only in a rollout
    from tierline.evidence.shipments import Shipping  # noqa: PLC0415 - the same

    shipping = Shipping(workspace.mesh, Content.below(workspace.root))
    known = workspace.mesh.services
    shipments = [
        shipping.of(one.service_id, one.revision)
        for one in plan.services
        if one.service_id in known
    ]
    keep(_folder(workspace), shipments, shipping.contents(shipments))


def _folder(workspace: Workspace) -> Path:
    from tierline.targets.local.paths import places  # noqa: PLC0415 - late for first words

    return places(identity_of(workspace), os.environ).state


def _running(
    workspace: Workspace, candidate: Mapping[str, Shipment], running: Mapping[str, str]
) -> dict[str, Shipment | str]:
    """What each running service was shipped with, or why nobody knows."""
    from tierline.evidence.contract_shelf import shipped  # noqa: PLC0415 - late for first words

    found: dict[str, Shipment | str] = {}
    asked: dict[str, str] = {}
    for name, revision in running.items():
        would = candidate.get(name)
        if not revision:
            found[name] = f"{name} runs, and not as one revision"
        elif would is not None and would.revision == revision:
            found[name] = would
        else:
            asked[name] = revision
    kept: Mapping[tuple[str, str], Shipment] = {}
    why = "were not kept when it was rolled out"
    try:
        kept = shipped(_folder(workspace), asked.items()) if asked else kept
    except TierlineError as error:
        why = f"cannot be read: {error.message}"
    for name, revision in asked.items():
        lost = f"{name} runs {revision[:12]}, whose contracts {why}"
        found[name] = kept.get((name, revision), lost)
    return found


def _former(
    workspace: Workspace, formers: Formers, running: Mapping[str, str], now: Instant
) -> dict[str, dict[str, Shipment | str]]:
    """What each service that runs may still go back to, and what that was shipped with."""
    limits = workspace.policy.horizon
    asked = [
        (name, revision)
        for name, runs in running.items()
        for revision in formers.horizon(name, runs, limits, now)
    ]
    if not asked:
        return {}
    from tierline.evidence.contract_shelf import shipped  # noqa: PLC0415 - late for first words

    kept: Mapping[tuple[str, str], Shipment] = {}
    with suppress(TierlineError):
        kept = shipped(_folder(workspace), asked)
    found: dict[str, dict[str, Shipment | str]] = {}
    for name, revision in asked:
        gone = f"the contracts of {name} at {revision[:12]} were not kept"
        found.setdefault(name, {})[revision] = kept.get((name, revision), gone)
    return found


def _declared(
    workspace: Workspace,
    shipping: Shipping,
    running: Mapping[str, Shipment | str],
    content: Content,
) -> tuple[Shipment, ...]:
    """What the mesh of today says of services that run something nobody knows."""
    from tierline.evidence.revisions import revisions  # noqa: PLC0415 - seldom needed

    mesh = workspace.mesh
    lost = [name for name, one in running.items() if isinstance(one, str) and name in mesh.services]
    told = revisions(workspace.root, mesh, lost, content, workspace.shipped)
    return tuple(shipping.of(name, told[name]) for name in lost)


def _contents(
    workspace: Workspace,
    shipping: Shipping,
    candidate: Mapping[str, Shipment],
    others: Iterable[Shipment | str],
) -> dict[str, Entry]:
    """The files of contracts of which not everybody has the same one; `others` run, or did."""
    known = [one for one in others if isinstance(one, Shipment)]
    needed = _differing([*candidate.values(), *known])
    if not needed:
        return {}
    from tierline.evidence.contract_shelf import kept_contents  # noqa: PLC0415 - few differ

    now = [_only(one, needed) for one in candidate.values()]
    found = dict(shipping.contents(now))
    lacking = needed - found.keys()
    if lacking:
        with suppress(TierlineError):
            found |= kept_contents(_folder(workspace), lacking)
    return {digest: Entry(Kind.FILE, len(text), text) for digest, text in found.items()}


def _differing(shipments: Iterable[Shipment]) -> frozenset[str]:
    """Digests of contracts that are not everywhere the same, or of which only a part is used."""
    digests: dict[str, set[str]] = {}
    shared: set[str] = set()
    for one in shipments:
        shared.add(one.shared)
        for files in (one.provides, one.consumes, one.uses):
            for path, digest in files.items():
                digests.setdefault(path, set()).add(digest)
    several = (found for found in digests.values() if len(found) >= _BOTH or len(shared) >= _BOTH)
    return frozenset(digest for found in several for digest in found) - {UNUSED}


def _only(one: Shipment, digests: frozenset[str]) -> Shipment:
    """The same with these files only."""
    provides, consumes, uses = (
        {path: digest for path, digest in files.items() if digest in digests}
        for files in (one.provides, one.consumes, one.uses)
    )
    return Shipment(one.service_id, one.revision, provides, consumes, uses)
