"""`tierline context`: what must a release know?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline context M05
  tierline context changed:main    with the contract scripts that it needs
  tierline context domain:data-ai --since v1.4.0 --format md > ticket.md
  tierline context --brief         the whole mesh on a page
  tierline context M05+ --format json
"""


@click.command("context", epilog=EPILOG)
@selection_argument
@click.option(
    "--since",
    default="",
    metavar="REF",
    help="A git reference: tell whether contracts changed since. Default: that of changed:REF.",
)
@click.option("--brief", is_flag=True, help="Only what concerns all services (text and md).")
@place_options
@format_option("text", "json", "md")
def command(selection: tuple[str, ...], since: str, brief: bool, place: Place, form: str) -> int:
    """Extract what a release of SELECTION (without one, of the whole mesh) must know.

    Order, owners, life cycle, ports, addresses, images, probes, migrations, contracts and scripts,
    each with file and line; what is missing is said. It judges nothing: see tierline ready.

    Exit code: 0, whatever was found.
    """
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place, "mesh")
    from tierline.cli import output
    from tierline.cli.waiting import waiting

    chosen = words(selection)
    with waiting("reading the inputs of the release ..."):
        from tierline.cli.assessing import look_for
        from tierline.conductor.contexts import context_of

        release = context_of(workspace, chosen, since, look_for(workspace, chosen))
    if form == "json":
        from tierline.report.context_document import context_json

        output.document(context_json(release))
    elif form == "md":
        from tierline.report.context_markdown import context_markdown

        output.document(context_markdown(release, brief=brief))
    else:
        from tierline.report.context_text import context_text

        output.show(context_text(release, output.width(), brief=brief))
    return 0
