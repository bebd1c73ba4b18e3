"""Compares the contracts of a workspace with those of its reference, apart from any gate."""

from __future__ import annotations

from tierline.conductor.workspace import Workspace
from tierline.contracts.change import Kind
from tierline.errors import PermanentError
from tierline.evidence.openapi import with_openapi
from tierline.evidence.reference import contracts_then
from tierline.facts.reference import ContractsThen, Reference
from tierline.readiness.breaking import Compared, compared
from tierline.readiness.facts import GateFacts


def contract_changes(workspace: Workspace) -> tuple[Reference, tuple[Compared, ...]]:
    """The reference, and every event and OpenAPI document that differs from it.

    PermanentError where there is nothing to compare with, UsageError for a bad reference.
    """
    then = contracts_then(workspace.root, workspace.tree.label, workspace.against)
    if not isinstance(then, ContractsThen):
        raise PermanentError(
            f"nothing to compare contracts with: {then.reason}",
            code="contracts/no-reference",
            fix=then.fix,
        )
    facts = with_openapi(workspace.root, GateFacts(workspace.tree, then=then), then)
    kinds = (Kind.EVENT, Kind.OPENAPI)
    found = (one for kind in kinds for one in compared(workspace.mesh, facts, then, kind))
    return then.reference, tuple(found)
