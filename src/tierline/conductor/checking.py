"""Judges a workspace by the gates; a module of its own because `check` needs nothing else."""

from __future__ import annotations

from tierline.conductor.workspace import Workspace
from tierline.facts.instant import Instant
from tierline.readiness.check import check
from tierline.readiness.facts import GateFacts
from tierline.readiness.model import Check


def checked(workspace: Workspace, only: frozenset[str] | None, now: Instant) -> Check:
    """Every gate, or those named."""
    facts = GateFacts(tree=workspace.tree, policy_defects=workspace.policy_defects)
    return check(workspace.mesh, facts, workspace.policy, only, now)
