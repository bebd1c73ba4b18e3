"""`tierline doctor`: what this machine lacks, for what, and what mends it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline doctor                      in a mesh: what this mesh needs here
  tierline doctor --env staging --policy ops/policy.toml
  tierline doctor --format json | jq '.points[] | select(.status != "ok")'
"""


@click.command("doctor", epilog=EPILOG)
@place_options
@format_option("text", "json", "md")
def command(place: Place, form: str) -> int:
    """Say what this machine lacks, what needs it, and what mends it.

    In a mesh it asks for what this mesh needs in the environment, elsewhere it judges the machine.
    It changes nothing, and runs nothing of the mesh.

    Exit code: 0 nothing required is missing, 3 something is, 4 of something required nobody knows.
    """
    from tierline.cli.waiting import waiting

    with waiting("looking at this machine ..."):
        from tierline.conductor.needing import needing
        from tierline.evidence.machine.gather import machine
        from tierline.machine.examine import examine

        wanted = needing(place, os.environ)
        found = examine(machine(wanted.asked), wanted.needs)
    from tierline.cli import output
    from tierline.report.doctor_document import doctor_json
    from tierline.report.doctor_text import doctor_markdown, doctor_text

    if form == "json":
        output.document(doctor_json(found))
    elif form == "md":
        output.document(doctor_markdown(found))
    else:
        output.show(doctor_text(found, output.width()))
    return output.EXIT[found.decision]
