"""`tierline evidence`: what is known of test runs; bring it here, take it elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline evidence show
  tierline evidence import report.xml --service M05 --suite contract
  tierline evidence export evidence.jsonl
  tierline evidence import evidence.jsonl
"""
_SHOW = """\b
Examples:
  tierline evidence show
  tierline evidence show M05+ --env production --policy ops/policy.toml
  tierline evidence show M05 --all
  tierline evidence show --format json
"""
_EXPORT = """\b
Examples:
  tierline evidence export evidence.jsonl
  tierline evidence export m05.dsse.json M05
"""
_IMPORT = """\b
Examples:
  tierline evidence import evidence.jsonl
  tierline evidence import report.xml --service M05
  tierline evidence import report.xml --service M05 --suite contract \\
      --revision 3f9a12bc3f9a12bc3f9a12bc3f9a12bc

\b
A JUnit report names no revision. Without --revision it is taken to be of
what is checked out, which must then be exactly as committed. Whoever
imports it signs it, and so vouches for it.
"""
_PATH = click.Path(path_type=Path)


@click.group("evidence", epilog=EPILOG)
def command() -> None:
    """Show, import and export evidence of test runs."""


@command.command("show", epilog=_SHOW, short_help="What is known, and whether it counts.")
@selection_argument
@click.option("--all", "every", is_flag=True, help="Every piece, not only what decides.")
@place_options
@format_option("text", "json")
def show(selection: tuple[str, ...], every: bool, place: Place, form: str) -> int:
    """Show for each service and suite of SELECTION the result, when, by whom, of which revision.

    Each says whether it counts now, in this environment, and if not, why.
    """
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    from tierline.cli import output
    from tierline.conductor.choosing import chosen_by_files
    from tierline.conductor.showing import evidence_view

    view = evidence_view(workspace, chosen_by_files(workspace, words(selection)))
    if form == "json":
        from tierline.report.evidence_document import evidence_json

        output.document(evidence_json(view))
    else:
        from tierline.report.evidence_text import evidence_text

        output.show(evidence_text(view, output.width(), every=every))
    return 0


@command.command("export", epilog=_EXPORT, short_help="Write evidence to a file.")
@click.argument("file", type=_PATH)
@selection_argument
@click.option("--all", "every", is_flag=True, help="Also what does not count now.")
@place_options
def export_(file: Path, selection: tuple[str, ...], every: bool, place: Place) -> int:
    """Write the evidence that counts for SELECTION to FILE, one signed envelope a line."""
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    from tierline.cli.evidence import export
    from tierline.conductor.choosing import chosen_by_files

    return export(workspace, file, chosen_by_files(workspace, words(selection)), every=every)


@command.command("import", epilog=_IMPORT, short_help="Take evidence or a JUnit report in.")
@click.argument("file", type=_PATH)
@click.option(
    "--service",
    metavar="ID",
    help="Of whom a JUnit report is.",
    shell_complete=completed("services"),
)
@click.option(
    "--suite",
    type=click.Choice(("unit", "integration", "contract")),
    default="unit",
    show_default=True,
    help="Of which suite a JUnit report is.",
)
@click.option(
    "--revision", metavar="DIGEST", help="The source revision that a report was made for."
)
@click.option(
    "--for",
    "environments",
    multiple=True,
    metavar="ENV",
    help="Another environment that the report counts for; repeatable.",
)
@click.option("--key", metavar="NAME", help="The key to sign a report with, if you have several.")
@place_options
def import_(
    file: Path,
    service: str | None,
    suite: str,
    revision: str | None,
    environments: tuple[str, ...],
    key: str | None,
    place: Place,
) -> int:
    """Keep what FILE holds: envelopes that were exported elsewhere, or a JUnit report.

    Envelopes keep their signatures. A report is signed with your key.
    """
    from tierline.cli.session import workspace_of

    workspace = workspace_of(place)
    from tierline.cli.evidence import import_envelopes, read_file

    content = read_file(file)
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return import_envelopes(workspace, file, content)
    from tierline.cli.evidence_report import Stated, import_report

    stated = Stated(service, suite, revision, environments, key)
    return import_report(workspace, file, content, stated)
