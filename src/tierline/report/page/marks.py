"""What stands for a state or a decision on a page: a colour and a shape with the word."""

from __future__ import annotations

from tierline.facts.decision import Decision
from tierline.report.model import ServiceReport

_DECISION = {Decision.GO: "go", Decision.HOLD: "hold", Decision.NO_GO: "stop"}
_STATE = {"verified": "go", "unchanged": "go", "failed": "stop", "held": "hold"}


def of_decision(decision: Decision) -> str:
    """The class of a decision."""
    return _DECISION[decision]


def of_service(one: ServiceReport) -> str:
    """The class of a service's state; one that is still to come is none of the decisions."""
    return _STATE.get(one.state, "wait")


def anchor(service_id: str) -> str:
    """The name of a service's row on the page."""
    return f"service-{service_id}"
