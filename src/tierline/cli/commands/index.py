"""`tierline index`: the files of a mesh that are generated."""

from __future__ import annotations

from tierline.cli.lazy import LazyGroup

EPILOG = """\b
Examples:
  tierline index check               say what differs, and change nothing
  tierline index generate --dry-run  say what would be written
  tierline index generate
"""

TABLE = {
    "generate": ("tierline.cli.commands.index_generate", "Write index and load order anew."),
    "check": ("tierline.cli.commands.index_check", "Are they what would be generated?"),
}

command = LazyGroup(
    table=TABLE,
    name="index",
    help="The generated files: services-index.yaml and dependency-load-order.md.",
    epilog=EPILOG,
)
