"""`tierline contracts lint`: are the proto files in good style?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import against_option, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline contracts lint
  tierline contracts lint --format json
"""


@click.command("lint", epilog=EPILOG)
@place_options
@against_option
@format_option("text", "json")
def command(place: Place, form: str) -> int:
    """Ask the real buf about every proto file, whether or not it changed.

    Rules are those of contracts/buf.yaml. Exit code: 0 GO, 3 NO-GO, 1 where buf gives no answer.
    """
    from tierline.cli.stubs import lint

    return lint(place, form)
