"""`tierline why`: why does a service stand where it stands?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline why M05
  tierline why R-20260504-1 M05 --format json
"""


@click.command("why", epilog=EPILOG)
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="[ROLLOUT] SERVICE",
    shell_complete=completed("rollouts_and_services"),
)
@place_options
@format_option("text", "json", "md")
def command(words: tuple[str, ...], place: Place, form: str) -> int:
    """Why SERVICE stands where it does in ROLLOUT: history, last judgement with its facts, blockers.

    All from the journal; the judgement is made again from its record. Without ROLLOUT the newest.
    Exit code: 0, whatever the answer.
    """
    from tierline.cli import output
    from tierline.cli.session import local_history, workspace_of
    from tierline.cli.which import which
    from tierline.errors import UsageError
    from tierline.report.why import why_of
    from tierline.report.why_document import why_json
    from tierline.report.why_text import why_markdown, why_text

    service = "".join(words[-1:])
    if len(words) > 2:
        raise UsageError(
            f"why is about one service, and {len(words)} words were given",
            code="usage/one-service",
            fix="write tierline why [ROLLOUT] SERVICE",
        )
    rollout = words[0] if len(words) == 2 else None
    workspace = workspace_of(place, "mesh")
    with local_history(workspace) as store:
        _, state = which(store, workspace.environment, rollout)
        name = _named(service, state.progress, state.rollout)
        environment = workspace.environment
        rows = store.read(environment, state.rollout)
        told = why_of(state, rows, store.read(environment), name)
    if form == "json":
        output.document(why_json(told))
    elif form == "md":
        output.document(why_markdown(told))
    else:
        output.show(why_text(told, output.width()))
    return 0


def _named(service: str, known: Iterable[str], rollout: str) -> str:
    """The full id of a service of a rollout; UsageError with the nearest names for no such one."""
    from tierline.errors import UsageError
    from tierline.mesh.clean import clean
    from tierline.mesh.names import full_ids, nearest_services

    ids = tuple(sorted(known))
    found = full_ids(service, ids)
    if len(found) == 1:
        return found[0]
    near = found or nearest_services(service, ids) or ids[:5]
    raise UsageError(
        f"{rollout} has no service {clean(service, 100)}: it neither planned nor looked at it",
        code="usage/service",
        fix=f"there is {', '.join(near)}; what may not ship is told by: tierline ready",
    )
