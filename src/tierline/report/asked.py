"""Says wherever a report is shown whether the services were asked; knows no format."""

from __future__ import annotations

from tierline.plan.model import Plan

FULL, STATUS_ONLY = "full", "status-only"
"""the services were asked; the policy has only the cluster asked"""


def evidence_of(plan: Plan) -> str:
    """By which evidence the services of a plan are judged."""
    return STATUS_ONLY if plan.rules.status_only else FULL


def unasked(evidence: str) -> str:
    """A sentence where nobody asks the services; "" where they are."""
    if evidence == FULL:
        return ""
    return "evidence is status-only: the cluster's word on its pods; nobody asked the services"
