"""`tierline contracts generate`: the stubs of the proto contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import against_option, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline contracts generate
  tierline contracts generate --check   say what differs, and change nothing
"""


@click.command("generate", epilog=EPILOG)
@click.option("--check", "only_check", is_flag=True, help="Compare, and write nothing.")
@place_options
@against_option
@format_option("text", "json")
def command(only_check: bool, place: Place, form: str) -> int:
    """Write the stubs that contracts/buf.gen.yaml asks for, and remove those of no contract.

    All or nothing; a plugin is run only if it is installed as protoc-gen-NAME, or is of buf.build.
    With --check: 0 GO, 3 NO-GO where a stub is missing, differs or is left over. 1 where buf gives
    no answer.
    """
    from tierline.cli.stubs import compare, generate

    return compare(place, form) if only_check else generate(place)
