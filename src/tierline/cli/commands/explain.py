"""`tierline explain`: what a code or a gate means."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  tierline explain structure
  tierline explain structure/missing-file
  tierline explain boot/exit
"""


@click.command("explain", epilog=EPILOG)
@click.argument("code")
def command(code: str) -> int:
    """Explain a finding code or a gate: what it judges, why, and how to mend it."""
    from tierline.cli import output
    from tierline.readiness.explain import explain
    from tierline.report.meanings import ROLLOUT_CODES

    output.show(explain(code, ROLLOUT_CODES))
    return 0
