"""`tierline index check`: are the generated files what would be generated now?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, input_options, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline index check
  tierline index check --architecture-map-path specs/service-architecture-map.yaml
"""


@click.command("check", epilog=EPILOG)
@input_options
@place_options
@format_option("text", "json")
def command(inputs: dict[str, Path], place: Place, form: str) -> int:
    """Compare index and load order, field by field and byte by byte, with what would be generated.

    Without the canonical inputs the freshness of the index is not judged, and the answer says so.
    Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.indexing import check_index

    return check_index(place, inputs, form)
