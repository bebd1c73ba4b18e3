"""`tierline plan`: in what order?"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.options import (
    against_option,
    format_option,
    images_option,
    place_options,
    selection_argument,
    wishes_options,
)

if TYPE_CHECKING:
    from tierline.conductor.place import Place
    from tierline.conductor.wishes import Wishes
    from tierline.conductor.workspace import Workspace
    from tierline.plan.model import Plan

EPILOG = """\b
Examples:
  tierline plan
  tierline plan M05+ -o release.json
  tierline plan --checkpoint tier -o release.json
  tierline plan --ready-only            without what is not GO, and says so
  tierline plan --without "M15 M33"     nor what depends on these
  tierline plan tier:1 --format svg > plan.svg
  tierline rollout release.json
"""


@click.command("plan", epilog=EPILOG)
@selection_argument
@click.option(
    "--output", "-o", "file", type=click.Path(path_type=Path), help="Also write the plan file."
)
@wishes_options
@place_options
@images_option
@against_option
@format_option("text", "json", "svg", "mermaid")
def command(
    selection: tuple[str, ...],
    file: Path | None,
    wishes: Wishes,
    place: Place,
    form: str,
) -> int:
    """Plan the release of SELECTION (without one, of the whole mesh): order, blockers, bound.

    A mesh that is not ready still gets its plan shown.

    Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.cli.assessing import assess_now
    from tierline.cli.writing import write_file

    plan = assess_now(workspace, words(selection), wishes).plan
    if file is not None:
        from tierline.plan.document import to_json

        write_file(file, to_json(plan))
        output.note(f"wrote {file} (plan {plan.digest[:12]})")
    if form == "text":
        _show(workspace, plan, file)
    elif form == "svg":
        from tierline.report.plan_svg import plan_svg

        output.document(plan_svg(plan))
    elif form == "mermaid":
        from tierline.report.plan_mermaid import plan_mermaid

        output.document(plan_mermaid(plan))
    else:
        from tierline.plan.document import to_json

        output.document(to_json(plan))
    return output.EXIT[plan.decision]


def _show(workspace: Workspace, plan: Plan, file: Path | None) -> None:
    """The plan as people read it, and what comes next."""
    from tierline.cli import output
    from tierline.facts.decision import Decision
    from tierline.policy.model import Demand
    from tierline.report.plan_text import plan_text

    output.show(plan_text(plan, output.width()))
    if workspace.policy.target == "kubernetes":
        import asyncio

        from tierline.cli.removing import tell_removals

        asyncio.run(tell_removals(workspace, plan))
    if plan.decision is not Decision.GO:
        from tierline.cli.rolling import say_next

        say_next(plan)
        return
    if workspace.policy.demand("approval") is Demand.REQUIRED:
        output.note(f"needs approval by another person: {_approve(plan, file)}")
    output.note(f"next: {_next(plan, file)}")


def _approve(plan: Plan, file: Path | None) -> str:
    """What an approver types; without a file there is nothing yet that she could look at."""
    from tierline.ledger.words import command_in, selected

    if file is None:
        return command_in(plan.environment, f"{selected('plan', plan)} -o plan.json")
    return command_in(plan.environment, f"approve {shlex.quote(str(file))}")


def _next(plan: Plan, file: Path | None) -> str:
    from tierline.ledger.words import command_in, the_same

    words = f"rollout {shlex.quote(str(file))}" if file else the_same("rollout", plan)
    return command_in(plan.environment, words)
