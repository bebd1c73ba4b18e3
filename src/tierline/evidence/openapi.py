"""Gathers the OpenAPI documents of a mesh and what oasdiff says of those that changed; judges nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tierline.contracts.change import Kind
from tierline.contracts.files import is_shared, kind_of
from tierline.evidence.contents import with_contents
from tierline.evidence.oasdiff import opinions
from tierline.facts.reference import ContractsThen
from tierline.readiness.facts import GateFacts


def with_openapi(root: Path, facts: GateFacts, then: ContractsThen) -> GateFacts:
    """The facts with the content of every OpenAPI document and shared schema, and a second opinion."""
    tree = with_contents(root, facts.tree, _is_compared)
    return replace(facts, tree=tree, oasdiff=opinions(root, tree, then))


def _is_compared(path: str) -> bool:
    return is_shared(path) or kind_of(path) is Kind.OPENAPI
