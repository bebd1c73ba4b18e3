"""A plan's identity: a digest over what decides it, and over nothing else.

Not bound: the text of the selection and of messages, expected durations, and what follows from
those (ranks, bounds). So a plan made again later, after other durations were measured, has the
same digest as long as it would release the same things under the same rules.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace

from tierline.facts.revision import digest_of
from tierline.plan.model import SCHEMA, Checkpoint, Plan, PlannedService, Rules
from tierline.policy.model import Limits, OnBoundary

Json = Mapping[str, object]
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: object) -> str:
    """JSON with one spelling only: sorted keys, no blanks, ASCII."""
    return _canonical(value)


def sealed(plan: Plan) -> Plan:
    """The same plan with its digest set."""
    return replace(plan, digest=digest(plan))


def digest(plan: Plan) -> str:
    """32 hex digits over `bound`, with what is a set in sorted order."""
    return digest_of([canonical(bound(plan))])


def bound(plan: Plan) -> Json:
    """What decides a plan, as JSON values: the definition of what its digest covers.

    What a plan does not ask for is left out, so that plans from before one could ask for it keep
    their digests.
    """
    stops = plan.checkpoint is not Checkpoint.NONE
    asked: dict[str, object] = {"checkpoint": plan.checkpoint} if stops else {}
    if plan.ready_only:
        asked["ready_only"] = True
    if plan.ready_only or plan.left_out:
        left = sorted([one.service_id, one.decision, one.code, *one.chain] for one in plan.left_out)
        asked["left_out"] = left
    if plan.together:
        asked["together"] = sorted(plan.together)
    return {
        "schema": SCHEMA,
        "environment": plan.environment,
        "target": plan.target,
        "mesh": plan.mesh,
        "decision": plan.decision,
        "services": {service.service_id: bound_service(service) for service in plan.services},
        "overruled": sorted([o.service_id, o.because] for o in plan.overruled),
        "blockers": sorted([b.code, b.service_id or "", *b.chain] for b in plan.blockers),
        "outside": dict(plan.outside),
        "rules": rules_json(plan.rules),
        "policy": plan.policy_digest,
        **asked,
    }


def bound_service(service: PlannedService) -> Json:
    """What decides one service's part in a plan."""
    after: Json = {"after": sorted(service.after)} if service.after else {}
    brings: Json = {"brings": sorted(service.brings)} if service.brings else {}
    return {
        "tier": service.tier,
        "effective_tier": service.effective_tier,
        "level": service.level,
        "owners": sorted(service.owners),
        "outside": sorted(service.outside),
        "externals": sorted(service.externals),
        "revision": service.revision.id,
        "workloads": sorted(service.workloads),
        "serves_http": service.serves_http,
        "decision": service.decision,
        "argv": {name: list(argv) for name, argv in service.argv.items()},
        **after,
        **brings,
    }


def rules_json(rules: Rules) -> Json:
    """The rules as JSON values; a number that is a duration or a share is always a float.

    Older plans know no `evidence` and no `on_boundary`: what they meant is not written.
    """
    evidence: Json = {"evidence": "status-only"} if rules.status_only else {}
    consumers = rules.on_boundary is OnBoundary.CONSUMERS
    boundary: Json = {"on_boundary": rules.on_boundary} if consumers else {}
    return {
        "tiers": rules.tiers,
        "on_failure": rules.on_failure,
        "on_tier_failure": rules.on_tier_failure,
        "limits": limits_json(rules.limits),
        "signals": dict(rules.signals),
        **evidence,
        **boundary,
    }


def limits_json(limits: Limits) -> Json:
    """Limit -> number, or None for no limit."""
    values = {item.name: (item.type, getattr(limits, item.name)) for item in fields(limits)}
    return {name: float(v) if kind == "float" else v for name, (kind, v) in values.items()}
