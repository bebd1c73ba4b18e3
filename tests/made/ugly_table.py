"""The fifty services of an ugly mesh: id, domain, what it is written in or how it is broken, owners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_TABLE = """
M01-Edge-Router             platform-ops      go
M02-Config-Registry         platform-ops      python
M03-Feature-Flags           platform-ops      go           M11
M04-Metrics-Collector       platform-ops      python
M05-Backup-Scheduler        platform-ops      ruby
M10-Authentication-Service  core-platform     go
M11-Profile-Service         core-platform     python       M10
M12-Session-Service         core-platform     go           M10
M13-Tenant-Directory        core-platform     python       M10
M14-Notification-Hub        core-platform     node         M11
M15-Catalog-Service         core-platform     placeholder  M10
M16-Search-Service          core-platform     python       M15
M17-Media-Store             core-platform     bad-yaml     M10
M18-Comments-Service        core-platform     python       M17
M20-Webhook-Gateway         integrations      go           M10 X01
M21-Partner-API             integrations      odd-case     M10
M22-Email-Relay             integrations      redis        M14 X02
M23-SMS-Bridge              integrations      python       X03
M24-Calendar-Sync           integrations      list
M25-CRM-Connector           integrations      empty
M26-Storage-Export          integrations      twice
M27-Geo-Lookup              integrations      crlf
M30-Audit-Log               trust-compliance  python       M10
M31-Consent-Service         trust-compliance  python       M11 M30
M32-KYC-Service             trust-compliance  bom          M31 X04
M33-Fraud-Detection         trust-compliance  gone         M30
M34-Sanctions-Screening     trust-compliance  python       M33 X05
M35-Data-Retention          trust-compliance  bare         M30
M36-Abuse-Reports           trust-compliance  node
M40-Event-Lake              data-ai           postgres
M41-Feature-Store           data-ai           python       M40
M42-Recommendation-Engine   data-ai           python       M41 M15
M43-Ranking-Service         data-ai           python       M11
M44-Forecasting             data-ai           python       X06
M45-Embeddings-Service      data-ai           unresolved
M46-Labeling-Desk           data-ai           missing
M47-Report-Builder          data-ai           unlisted     M11
M50-Ledger-Service          financial-rails   go           M10
M51-Payments-Service        financial-rails   go-file      M50 X07
M52-Payouts-Service         financial-rails   python       M51
M53-Invoice-Service         financial-rails   python       M50 X08
M54-Tax-Service             financial-rails   python       X09 X10
M55-Wallet-Service          financial-rails   postgres     M50
M56-Refunds-Service         financial-rails   python       M51 M52
M57-Pricing-Service         financial-rails   library      X11
M58-Subscriptions-Service   financial-rails   python       M50 M57
M59-Reconciliation-Service  financial-rails   python       M50 X12
M60-Treasury-Service        financial-rails   python       M50 X13 X14
M61-FX-Rates                financial-rails   bad-manifest
M62-Card-Issuing            financial-rails   python       M50
"""


@dataclass(frozen=True)
class Row:
    """A service: `kind` is a language, or how it is ugly; owners by their short ids."""

    service_id: str
    domain: str
    kind: str
    owners: tuple[str, ...]

    @property
    def short(self) -> str:
        return self.service_id[:3]


def _rows() -> tuple[Row, ...]:
    words = (line.split() for line in _TABLE.split("\n") if line)
    return tuple(Row(name, domain, kind, tuple(owners)) for name, domain, kind, *owners in words)


ROWS: Final = _rows()
FULL: Final = {row.short: row.service_id for row in ROWS} | {
    f"X{number:02d}": f"X{number:02d}-Outside-{number}" for number in range(1, 15)
}
"""short id -> full id, of externals too"""

PRODUCES: Final = {
    "M10": ("user.signed_in",),
    "M11": ("user.profile_updated",),
    "M50": ("ledger.entry_posted",),
    "M51": ("payment.settled",),
    "M52": ("payment.settled",),
}
"""payment.settled has two producers"""
CONSUMES: Final = {
    "M14": ("user.profile_updated",),
    "M30": ("user.signed_in", "fleet.vehicle_moved"),
    "M40": ("payment.settled", "ledger.entry_posted"),
    "M43": ("search.clicked",),
}
"""fleet.vehicle_moved and search.clicked are of nobody"""
