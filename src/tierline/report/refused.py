"""The services of a plan that nobody began to carry out, or that it leaves out; knows no rollout."""

from __future__ import annotations

from tierline.plan.model import LeftOut, Plan, PlannedService
from tierline.report.model import SKIPPED, ServiceReport

_PENDING = "pending"
"""state of a service that nothing has happened to"""


def refused(plan: Plan) -> tuple[ServiceReport, ...]:
    """Each planned service, with what blocks it."""
    return tuple(_refused(plan, planned) for planned in plan.services)


def _refused(plan: Plan, planned: PlannedService) -> ServiceReport:
    own = [one for one in plan.blockers if one.service_id == planned.service_id]
    return ServiceReport(
        service_id=planned.service_id,
        state=_PENDING,
        decision=planned.decision,
        code=own[0].code if own else "",
        reason="; ".join(one.message for one in own),
        blocked_by=(),
        chain=own[0].chain if own else (),
        attempts=0,
        started_at=None,
        verified_at=None,
        revision=planned.revision.id,
        batch=planned.batch,
        effective_tier=planned.effective_tier,
    )


def skipped(one: LeftOut) -> ServiceReport:
    """A service that was selected and is not part of the plan."""
    return ServiceReport(
        service_id=one.service_id,
        state=SKIPPED,
        decision=one.decision,
        code=one.code,
        reason=one.message,
        blocked_by=(),
        chain=one.chain,
        attempts=0,
        started_at=None,
        verified_at=None,
        revision="",
        batch=one.batch,
        effective_tier=one.effective_tier,
    )
