"""Compares the contracts of a workspace with those of its reference, apart from any gate."""

from __future__ import annotations

from tierline.conductor.checking import before
from tierline.conductor.workspace import Workspace
from tierline.contracts.change import Kind
from tierline.errors import PermanentError
from tierline.evidence.openapi import with_openapi
from tierline.evidence.proto import BREAKING, proto_facts, proto_tree
from tierline.facts.reference import ContractsThen, Reference
from tierline.readiness.breaking import Compared, compared
from tierline.readiness.facts import GateFacts
from tierline.readiness.proto_changes import proto_changes


def contract_changes(workspace: Workspace) -> tuple[Reference, tuple[Compared, ...]]:
    """The reference, and every event, OpenAPI document and proto file that differs from it.

    PermanentError where there is nothing to compare with, UsageError for a bad reference.
    """
    then = before(workspace)
    if not isinstance(then, ContractsThen):
        raise PermanentError(
            f"nothing to compare contracts with: {then.reason}",
            code="contracts/no-reference",
            fix=then.fix,
        )
    facts = with_openapi(workspace.root, GateFacts(workspace.tree, then=then), then)
    kinds = (Kind.EVENT, Kind.OPENAPI)
    found = (one for kind in kinds for one in compared(workspace.mesh, facts, then, kind))
    return then.reference, (*found, *_proto(workspace, then))


def _proto(workspace: Workspace, then: ContractsThen) -> tuple[Compared, ...]:
    tree = proto_tree(workspace.root, workspace.tree)
    known = proto_facts(workspace.root, tree, then, frozenset({BREAKING}))
    if known.idle:
        return ()
    return proto_changes(workspace.mesh, known.moved, known.breaking, then.files, tree)
