"""The services of the demo mesh: one table that everything written about them comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from tierline.frozen import frozen
from tierline.mesh.declared import Declaration
from tierline.mesh.names import folder_name, short_id, slug
from tierline.scaffold.canonical_files import Canonical


@frozen
class DemoService:
    """`owners` and `externals` map service id -> the key of its address in the configuration.

    `settings` are further lines of `configs/default.yaml`. `proto` is the package of its RPC
    contract, "" for none.
    """

    service_id: str
    domain: str
    purpose: str
    owners: Mapping[str, str] = field(default_factory=dict[str, str])
    externals: Mapping[str, str] = field(default_factory=dict[str, str])
    consumes: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()
    worker: bool = False
    proto: str = ""
    settings: str = ""

    @property
    def folder(self) -> str:
        """`M02-profile-service`."""
        return folder_name(self.service_id)

    @property
    def path(self) -> str:
        """Its folder relative to the mesh root."""
        return f"services/{self.domain}/{self.folder}"

    @property
    def name(self) -> str:
        """What manifests call it: `profile-service`."""
        return slug(self.service_id.partition("-")[2])

    @property
    def number(self) -> int:
        """2 for M02: its ports are 8100 and 9100 plus this."""
        return int(short_id(self.service_id)[1:])

    @property
    def http_port(self) -> int:
        """Where it listens unless told otherwise."""
        return 8100 + self.number

    @property
    def grpc_port(self) -> int:
        """Where its RPC procedures are."""
        return 9100 + self.number


AUTH, PROFILE, WEBHOOK = (
    "M01-Authentication-Service",
    "M02-Profile-Service",
    "M04-Webhook-Gateway-Service",
)
AUDIT, CONSENT, LEDGER = (
    "M06-Audit-Log-Service",
    "M07-Consent-Service",
    "M08-Payments-Ledger-Service",
)
BUS, SETTINGS, RISK = (
    "M10-Event-Bus-Service",
    "M11-Settings-Registry-Service",
    "M13-Risk-Scoring-Service",
)
EXTERNALS: Final = ("M31-Customer-Archive", "M32-Tax-Office-Link")
"""Known to the architecture map as monoliths; no part of the mesh."""

SUPERSEDES: Final = {PROFILE: "M27-Customer-Records", LEDGER: "M28-Wallet-Service"}
"""service -> the retired one that it took over from"""

DEMO: Final = (
    DemoService(
        AUTH,
        "core-platform",
        "users and their sessions",
        {SETTINGS: "settings_http_url"},
        produces=("user.signed_in",),
        proto="auth",
        settings="session:\n  seconds: 3600\n",
    ),
    DemoService(
        PROFILE,
        "core-platform",
        "people's profiles",
        {AUTH: "auth_grpc_url"},
        {EXTERNALS[0]: "customer_archive_url"},
        produces=("user.profile_updated",),
    ),
    DemoService(
        "M03-Notification-Service",
        "core-platform",
        "telling people what happened to them",
        {PROFILE: "profile_http_url", BUS: "event_bus_url"},
        consumes=("payment.captured", "user.profile_updated"),
        worker=True,
    ),
    DemoService(
        WEBHOOK,
        "integrations",
        "signed calls of partners",
        {AUTH: "auth_grpc_url"},
        produces=("webhook.received",),
    ),
    DemoService(
        "M05-Partner-Directory-Service",
        "integrations",
        "who our partners are",
        {WEBHOOK: "webhook_http_url"},
    ),
    DemoService(
        AUDIT,
        "trust-compliance",
        "a log that nobody can change unseen",
        {BUS: "event_bus_url"},
        consumes=("consent.changed", "payment.captured", "payout.sent", "user.signed_in"),
        worker=True,
    ),
    DemoService(
        CONSENT,
        "trust-compliance",
        "what each person allows us to do",
        {PROFILE: "profile_http_url", AUDIT: "audit_http_url"},
        produces=("consent.changed",),
    ),
    DemoService(
        LEDGER,
        "financial-rails",
        "payments as double entries",
        {AUTH: "auth_grpc_url"},
        {EXTERNALS[1]: "tax_office_url"},
        produces=("payment.captured",),
        proto="ledger",
        settings="tax:\n  percent: 19\n",
    ),
    DemoService(
        "M09-Payout-Service",
        "financial-rails",
        "paying out what accounts hold",
        {LEDGER: "ledger_grpc_url", RISK: "risk_http_url"},
        produces=("payout.sent",),
        settings="payout:\n  highest_score: 60\n",
    ),
    DemoService(
        BUS,
        "platform-ops",
        "the log of events that all publish to",
    ),
    DemoService(
        SETTINGS,
        "platform-ops",
        "settings that several services share",
        produces=("settings.changed",),
    ),
    DemoService(
        "M12-Alert-Center-Service",
        "platform-ops",
        "what the people on call should see",
        {AUTH: "auth_grpc_url", BUS: "event_bus_url"},
        consumes=("risk.scored", "webhook.received"),
        produces=("alert.raised",),
        worker=True,
        settings="alert:\n  highest_score: 60\n  most_bytes: 100000\n",
    ),
    DemoService(
        RISK,
        "data-ai",
        "how risky a payout would be",
        {PROFILE: "profile_http_url", LEDGER: "ledger_grpc_url"},
        produces=("risk.scored",),
    ),
    DemoService(
        "M14-Recommendation-Service",
        "data-ai",
        "what a person may like",
        {PROFILE: "profile_http_url", CONSENT: "consent_http_url"},
    ),
)


def declared(service: DemoService) -> Declaration:
    """What the canonical inputs and the index say of a service."""
    return Declaration(
        service.service_id,
        service.domain,
        (*service.owners, *service.externals),
        service.consumes,
        (*(f"EVENT:{event}" for event in service.produces), "http"),
    )


CANONICAL: Final = Canonical(tuple(map(declared, DEMO)), EXTERNALS, SUPERSEDES)
"""The demo mesh as its canonical inputs declare it."""
