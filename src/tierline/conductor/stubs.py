"""Asks buf about a workspace's proto files because a person wants to know, whatever moved."""

from __future__ import annotations

from dataclasses import replace

from tierline.conductor.workspace import Workspace
from tierline.contracts.proto import ProtoFacts, Unsaid
from tierline.errors import PermanentError
from tierline.evidence.proto import GENERATED, LINT, asked, proto_tree
from tierline.evidence.reference import reference_of
from tierline.facts.decision import Severity
from tierline.facts.instant import Instant
from tierline.facts.reference import ContractsThen, Reference
from tierline.mesh.tree import Tree
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.model import Check

_STRICT = {
    LINT: ("rule",),
    GENERATED: ("missing", "differs", "left-over"),
}
"""gate -> findings that count in every environment when a person asks for them"""


def proto_answer(workspace: Workspace, gate: str) -> ProtoFacts:
    """What buf says for one gate. PermanentError where it gives no answer.

    UsageError for a reference that git does not know, although nothing is compared.
    """
    if workspace.against:
        reference_of(workspace.root, workspace.against)
    tree = proto_tree(workspace.root, workspace.tree)
    known = asked(workspace.root, tree, None, frozenset({gate}))
    for one in (known.lint, known.generated):
        if isinstance(one, Unsaid):
            raise PermanentError(one.reason, code="buf/no-answer", fix=one.fix)
    return known


def proto_check(workspace: Workspace, known: ProtoFacts, gate: str, now: Instant) -> Check:
    """The gate's findings about this answer; they decide the same in every environment.

    Nothing is compared, so no reference is told.
    """
    floors = {f"{gate}/{slug}": Severity.FAIL for slug in _STRICT[gate]}
    policy = replace(workspace.policy, floors={**workspace.policy.floors, **floors})
    facts = GateFacts(
        tree=workspace.tree,
        then=ContractsThen(Reference("", "", ""), Tree(workspace.tree.label)),
        proto=known,
    )
    judged = check(workspace.mesh, facts, policy, frozenset({gate}), now)
    return replace(judged, reference=None)
