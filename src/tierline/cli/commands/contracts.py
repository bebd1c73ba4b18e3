"""`tierline contracts`: what is promised between services, alone and in detail."""

from __future__ import annotations

from tierline.cli.lazy import LazyGroup

EPILOG = """\b
Examples:
  tierline contracts breaking               what changed, and whom it breaks
  tierline contracts breaking --against v1.4
  tierline contracts lint                   style of the proto files, by buf
  tierline contracts generate --check       are the stubs up to date?
  tierline contracts check --env staging    every gate of contracts alone
"""

TABLE = {
    "breaking": (
        "tierline.cli.commands.contracts_breaking",
        "What changed, and whom does it break?",
    ),
    "lint": ("tierline.cli.commands.contracts_lint", "Style of the proto files, by buf."),
    "generate": (
        "tierline.cli.commands.contracts_generate",
        "Write the stubs of the proto files, or compare them.",
    ),
    "check": ("tierline.cli.commands.contracts_check", "Judge by every gate of contracts."),
}

command = LazyGroup(
    table=TABLE,
    name="contracts",
    help="Contracts between services: events, OpenAPI documents, proto files.",
    epilog=EPILOG,
)
