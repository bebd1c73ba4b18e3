"""`tierline explain`: what a code or a gate means."""

from __future__ import annotations

import click

from tierline.cli.options import completed

EPILOG = """\b
Examples:
  tierline explain structure
  tierline explain structure/missing-file
  tierline explain boot/exit
  tierline explain lease/held
"""


@click.command("explain", epilog=EPILOG)
@click.argument("code", shell_complete=completed("codes"))
def command(code: str) -> int:
    """Explain a code or a gate: what it judges, why, and how to mend it."""
    from tierline.cli import output
    from tierline.context.codes import CONTEXT_CODES
    from tierline.plan.approval_codes import APPROVAL_CODES, APPROVAL_GATE
    from tierline.plan.codes import PLAN_CODES
    from tierline.readiness.explain import explain
    from tierline.report.errors import ERRORS, error_text
    from tierline.report.meanings import ROLLOUT_CODES

    more = (*ROLLOUT_CODES, *PLAN_CODES, *APPROVAL_CODES, *CONTEXT_CODES)
    gates = (APPROVAL_GATE,)
    output.show(error_text(code) if code in ERRORS else explain(code, more, ERRORS, gates))
    return 0
