"""`tierline check`: every gate over the mesh; needs no state, no network and no HOME."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.baseline_options import Wish, baseline_options
from tierline.cli.check_output import FORMATS, Told, form_of, tell
from tierline.cli.options import (
    against_option,
    completed,
    format_option,
    place_options,
    selection_argument,
)
from tierline.errors import UsageError

if TYPE_CHECKING:
    from tierline.conductor.place import Place
    from tierline.conductor.workspace import Workspace
    from tierline.facts.scripts import OwnScripts

EPILOG = """\b
Examples:
  tierline check
  tierline check M05                   everything about one service
  tierline check changed:main          the services that a branch touches
  tierline check --gate structure --gate config
  tierline check --code structure/missing-file
  tierline check --env production --policy ops/policy.toml --format json
  tierline check --baseline      failures of today are warnings for 90 days
  tierline check --format github -o check.sarif -o check.xml -o check.md
"""


@click.command("check", epilog=EPILOG)
@selection_argument
@click.option(
    "--gate",
    "gates",
    multiple=True,
    metavar="ID",
    help="Only this gate; repeatable.",
    shell_complete=completed("gates"),
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    metavar="CODE",
    help="Show only findings of this code; repeatable.",
    shell_complete=completed("codes"),
)
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice(("fail", "unknown", "warn")),
    help="Show only such findings; repeatable.",
)
@click.option(
    "--scripts", is_flag=True, help="Also run the mesh's own gate scripts; they may do anything."
)
@click.option("--all", "everything", is_flag=True, help="Show every finding, not only causes.")
@click.option(
    "--output",
    "-o",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write FILE: .json, .md, .sarif, .xml (JUnit) or .txt; repeatable.",
)
@baseline_options
@place_options
@against_option
@format_option(*FORMATS)
def command(
    selection: tuple[str, ...],
    gates: tuple[str, ...],
    codes: tuple[str, ...],
    severities: tuple[str, ...],
    scripts: bool,
    everything: bool,
    files: tuple[Path, ...],
    wish: Wish | None,
    place: Place,
    form: str,
) -> int:
    """Judge the mesh by every gate, or what counts against the services of SELECTION.

    Findings come with file, line and fix. --code and --severity only choose what is shown.
    Exit code: 0 GO, 3 NO-GO, 4 HOLD.
    """
    from tierline.cli.session import words, workspace_of

    forms = {file: form_of(file) for file in files}
    only = frozenset(gates) or None
    workspace = workspace_of(place, "check", only if wish is None else None)
    from tierline.cli import output
    from tierline.conductor.checking import Brought, checked
    from tierline.readiness.narrow import listed, of_services
    from tierline.report.check_text import Show

    if wish is None:
        result = checked(workspace, only, time.time(), brought=Brought(_own(workspace, scripts)))
    else:
        from tierline.cli.baselining import with_baseline

        _refuse_narrow(selection, codes, severities)
        result = with_baseline(workspace, only, wish)
    subjects: tuple[str | None, ...] = (None, *workspace.mesh.services)
    if selection:
        from tierline.conductor.choosing import chosen_by_files

        subjects = chosen_by_files(workspace, words(selection))
        result = of_services(result, frozenset(name for name in subjects if name))
    result = listed(result, frozenset(codes), frozenset(severities))
    narrow = bool(everything or selection or codes or severities)
    told = Told(workspace, result, subjects, Show.ALL if narrow else Show.SHORT)
    tell(told, form, forms)
    return output.EXIT[result.decision]


def _own(workspace: Workspace, wanted: bool) -> OwnScripts | None:
    """What the mesh's own scripts say, each told as it ends; None where nobody wants them run."""
    if not wanted:
        return None
    from tierline.cli import output
    from tierline.conductor.asking_scripts import own_scripts

    return own_scripts(
        workspace,
        lambda run: output.note(
            f"{run.name}: {run.trouble or f'exit code {run.code}'}, {run.seconds:.1f} s"
        ),
    )


def _refuse_narrow(*chosen: tuple[str, ...]) -> None:
    if any(chosen):
        raise UsageError(
            "a baseline is one of the whole mesh", fix="leave SELECTION, --code and --severity out"
        )
