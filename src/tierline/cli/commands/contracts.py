"""`tierline contracts`: what is promised between services, alone and in detail."""

from __future__ import annotations

from tierline.cli.lazy import LazyGroup

EPILOG = """\b
Examples:
  tierline contracts breaking                   what changed, and whom it breaks
  tierline contracts breaking --against v1.4
  tierline contracts check --env production     every gate of contracts, and only those
"""

TABLE = {
    "breaking": (
        "tierline.cli.commands.contracts_breaking",
        "What changed, and whom does it break?",
    ),
    "check": ("tierline.cli.commands.contracts_check", "Judge by every gate of contracts."),
}

command = LazyGroup(
    table=TABLE,
    name="contracts",
    help="Contracts between services: events, OpenAPI documents, proto files.",
    epilog=EPILOG,
)
