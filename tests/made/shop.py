"""A small mesh that shows everything a plan can say: inversion, external, outside owner, blocker."""

from __future__ import annotations

from dataclasses import replace

from made.plans import mesh_of, readiness_of, request_of
from tierline.facts.decision import Decision
from tierline.mesh.model import Mesh
from tierline.mesh.settings import Settings
from tierline.plan.build import PlanRequest, build
from tierline.plan.model import Plan
from tierline.readiness.model import Readiness, Reason, ServiceReadiness

OWNERS = {
    "M01-Authentication-Service": (),
    "M02-Profile-Service": ("M01-Authentication-Service",),
    "M03-Recommendation-And-Ranking-Service": ("M02-Profile-Service", "M05-Consent-Service"),
    "M04-Edge-Gateway": ("M01-Authentication-Service",),
    "M05-Consent-Service": ("M01-Authentication-Service", "X40-Legal-Archive"),
    "M06-Payments-Ledger-Service": ("M02-Profile-Service", "M10-Event-Bus-Service"),
    "M07-Payout-Service": ("M06-Payments-Ledger-Service",),
    "M10-Event-Bus-Service": (),
}
TIERS = {
    "M01-Authentication-Service": 1,
    "M02-Profile-Service": 1,
    "M04-Edge-Gateway": 0,
    "M10-Event-Bus-Service": 0,
}
SECONDS = {"M02-Profile-Service": 2.5, "M06-Payments-Ledger-Service": 4.0}


def shop() -> Mesh:
    """Eight services in three tiers; the gateway is declared below its owner's tier."""
    mesh = mesh_of(OWNERS, TIERS)
    run = {"M07-Payout-Service": {"worker": ("./bin/payout", "--queue", "a b")}}
    return replace(mesh, name="shop", settings=Settings(name="shop", run=run))


def request() -> PlanRequest:
    """Everything but the event bus, all GO."""
    mesh = shop()
    return request_of(
        mesh,
        selection="M01+ M05",
        chosen=tuple(name for name in mesh.services if not name.startswith("M10")),
        expected_seconds=SECONDS,
        outside={"M10-Event-Bus-Service": "0123456789abcdef0123456789abcdef"},
    )


def ready() -> Plan:
    """A plan that may be carried out."""
    return build(request())


def blocked() -> Plan:
    """The same with a service that is NO-GO, one that waits for it, and a waiting release."""
    asked = request()
    ledger, payout = "M06-Payments-Ledger-Service", "M07-Payout-Service"
    missing = Reason(
        "structure/missing-file",
        f"mesh/services/data-ai/{ledger}/Makefile: is required of every service and is not there",
    )
    waiting = Reason("readiness/waits-for-owner", f"{payout} waits for {ledger}, which is NO-GO")
    services = {
        **readiness_of(asked.mesh).services,
        ledger: ServiceReadiness(ledger, Decision.NO_GO, (missing,), (ledger,)),
        payout: ServiceReadiness(payout, Decision.HOLD, (waiting,), (payout, ledger)),
    }
    stale = Reason("index/freshness-unknown", "nobody can say whether the index is fresh")
    readiness = Readiness("local", Decision.NO_GO, services, (), (stale,))
    return build(replace(asked, readiness=readiness))
