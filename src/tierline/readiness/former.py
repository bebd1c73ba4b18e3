"""Gate former: can what a release replaces still be had, if it has to come back? Looks nowhere itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tierline.mesh.defect import Defect, Place
from tierline.mesh.model import Mesh
from tierline.policy.model import Policy
from tierline.readiness.facts import GateFacts
from tierline.readiness.gate import Gate


def judge_former(mesh: Mesh, facts: GateFacts, _policy: Policy) -> Iterator[Defect]:
    """Each service whose former revision is gone, or of which nobody can say."""
    former = facts.former
    if former is None:
        return
    for name, revision in sorted(former.gone.items()):
        message = (
            f"it could not go back: {revision[:12]}, which was verified last, is not kept any more"
        )
        yield Defect("former/gone", message, _place(mesh, facts, name), "", name)
    for name, why in sorted(former.unsure.items()):
        yield Defect("former/unknown", why, _place(mesh, facts, name), "", name)


def former_off(_mesh: Mesh, facts: GateFacts, policy: Policy) -> str:
    """Why it is not asked for this time."""
    if facts.former is None:
        return "asked where a release is planned: ready, plan, rollout"
    if not facts.former.known:
        return f"nothing that this release would replace was verified in {policy.environment}"
    return ""


def _place(mesh: Mesh, facts: GateFacts, name: str) -> Place:
    service = mesh.services.get(name)
    return Place(facts.tree.shown(service.path if service else ""))


FORMER_GATE: Final = Gate(
    "former",
    "What a release could go back to",
    "A rollback builds nothing: what is not kept is missed when it is needed.",
    "the journal, and what the environment's target still has: staged builds, images, manifests",
    "Of every service that the release changes, the revision that was last verified can still be "
    "started: its build is staged, its rendered manifests are kept, the engine or the registry has "
    "its images. kept_revisions of the policy says how many revisions stay.",
    judge_former,
    off=former_off,
)
