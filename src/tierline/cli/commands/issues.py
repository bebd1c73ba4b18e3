"""`tierline issues`: the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierline.cli.options import completed, format_option, place_options

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline issues
  tierline issues --all --format json
  tierline issues show I-0f3a9c21
  tierline issues add M05 "nightly export fails" --next "ask the data team"
  tierline issues assign I-0f3a9c21 ada
  tierline issues close I-0f3a9c21 --reason "the export runs again"
  tierline issues export
"""
_LIST = """\b
Examples:
  tierline issues list --service M05
  tierline issues list --assignee ada --all
"""
_SHOW = """\b
Examples:
  tierline issues show I-0f3a9c21
  tierline issues show 0f3a --format json
"""
_ADD = """\b
Examples:
  tierline issues add M05 "nightly export fails" --next "ask the data team"
  tierline issues add - "the run book is out of date" --assign ada
"""
_ASSIGN = """\b
Examples:
  tierline issues assign I-0f3a9c21 ada
"""
_CLOSE = """\b
Examples:
  tierline issues close I-0f3a9c21 --reason "the export runs again"

\b
Issues that a rollout opened close by themselves when a later one finds their
cause gone. One that was closed by hand comes back when it is found again.
"""
_EXPORT = """\b
Examples:
  tierline issues export                     docs/release-issues.md of the mesh
  tierline issues export issues.md --env staging
"""
_ID = click.argument("issue", metavar="ISSUE", shell_complete=completed("issues"))


@click.group("issues", epilog=EPILOG, invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@place_options
@format_option("text", "json")
@click.pass_context
def command(context: click.Context, everything: bool, place: Place, form: str) -> int:
    """What stays unresolved: service, impact, next action."""
    if context.invoked_subcommand is None:
        return _listed(place, form, everything=everything)
    given = [
        one.name
        for one in context.command.params
        if one.name
        and context.get_parameter_source(one.name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        name = context.invoked_subcommand
        raise click.UsageError(f"options of {name} stand after it: tierline issues {name} ...")
    return 0


@command.command("list", epilog=_LIST, short_help="The issues, oldest first.")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@click.option(
    "--service", metavar="ID", help="Of one service.", shell_complete=completed("services")
)
@click.option("--assignee", metavar="NAME", help="Of one person.")
@place_options
@format_option("text", "json")
def list_(
    everything: bool, service: str | None, assignee: str | None, place: Place, form: str
) -> int:
    """List what stays unresolved: service, impact, next action."""
    return _listed(place, form, everything=everything, service=service, assignee=assignee)


def _listed(
    place: Place,
    form: str,
    *,
    everything: bool,
    service: str | None = None,
    assignee: str | None = None,
) -> int:
    from tierline.cli import output
    from tierline.cli.ledger import all_issues, waivers_now
    from tierline.cli.session import workspace_of
    from tierline.ledger.model import IssueState
    from tierline.report.issues import issues_json, issues_text

    workspace = workspace_of(place, "mesh")
    shown = tuple(
        one
        for one in all_issues(workspace)
        if (everything or one.state is IssueState.OPEN)
        and (service is None or one.service_id.lower().startswith(service.lower()))
        and assignee in {None, one.assignee}
    )
    if form == "json":
        output.document(issues_json(shown, waivers_now(workspace)))
    else:
        output.show(issues_text(shown, output.width()))
    return 0


@command.command("show", epilog=_SHOW, short_help="One issue, with its history.")
@_ID
@place_options
@format_option("text", "json")
def show(issue: str, place: Place, form: str) -> int:
    """Show ISSUE: whom it hits in the mesh, what to do, on what evidence, what happened to it."""
    from tierline.cli import output
    from tierline.cli.ledger import all_issues, named_issue, reach_now, waivers_now
    from tierline.cli.session import workspace_of
    from tierline.report.issue_text import issue_text
    from tierline.report.issues import issues_json, waivers_of

    workspace = workspace_of(place, "mesh")
    found = named_issue(all_issues(workspace), issue)
    waivers = waivers_of(found, waivers_now(workspace))
    if form == "json":
        output.document(issues_json([found], waivers))
    else:
        reach = reach_now(workspace, found)
        output.show(issue_text(found, reach, waivers, output.width()))
    return 0


@command.command("add", epilog=_ADD, short_help="Note something that no rollout can know.")
@click.argument("service", metavar="SERVICE", shell_complete=completed("services"))
@click.argument("message", metavar="WORDS")
@click.option("--impact", default="", metavar="WORDS", help="Whom it hits. Default: by the mesh.")
@click.option("--next", "next_action", default="", metavar="WORDS", help="What to do next.")
@click.option("--evidence", default="", metavar="WORDS", help="Where the facts are.")
@click.option("--assign", "assignee", default="", metavar="NAME", help="Who takes it on.")
@place_options
def add(
    service: str,
    message: str,
    impact: str,
    next_action: str,
    evidence: str,
    assignee: str,
    place: Place,
) -> int:
    """Open an issue of SERVICE, or of the release as a whole (-).

    Nothing but a person closes it. The same words on the same service are one issue.
    """
    from tierline.cli import output
    from tierline.cli.ledger import added
    from tierline.cli.session import workspace_of
    from tierline.ledger.acts import NOTED
    from tierline.ledger.model import Issue, IssueState
    from tierline.mesh.clean import clean

    said = [clean(one.strip(), 1000) for one in (impact, next_action, evidence, assignee)]
    asked = Issue(
        "", "", NOTED, message, said[0], said[1], IssueState.OPEN, "", 0.0, 0.0,
        evidence=said[2], assignee=said[3],
    )  # fmt: skip
    issue, fresh = added(workspace_of(place, "mesh"), service, asked)
    output.document(issue.id)
    if not fresh:
        output.note(f"{issue.id} is open already")
    return 0


@command.command("assign", epilog=_ASSIGN, short_help="Write down who takes an issue on.")
@_ID
@click.argument("assignee", metavar="NAME")
@place_options
def assign(issue: str, assignee: str, place: Place) -> int:
    """Write down that NAME takes ISSUE on."""
    from tierline.cli import output
    from tierline.cli.ledger import assigned
    from tierline.cli.session import workspace_of

    done = assigned(workspace_of(place, "mesh"), issue, assignee)
    output.note(f"{done.id} is for {done.assignee}")
    return 0


@command.command("close", epilog=_CLOSE, short_help="Close an issue by hand.")
@_ID
@click.option("--reason", required=True, metavar="WORDS", help="Why it may be closed.")
@place_options
def close(issue: str, reason: str, place: Place) -> int:
    """Close ISSUE, with a reason that its history keeps."""
    from tierline.cli import output
    from tierline.cli.ledger import closed
    from tierline.cli.session import workspace_of

    done = closed(workspace_of(place, "mesh"), issue, reason)
    output.note(f"{done.id} is closed; it comes back if a rollout finds the same again")
    return 0


@command.command("export", epilog=_EXPORT, short_help="Write the ledger as Markdown.")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@place_options
def export(file: Path | None, place: Place) -> int:
    """Write the ledger to FILE; without one, to docs/release-issues.md of the mesh.

    The same ledger gives the same file.
    """
    from tierline.cli import output
    from tierline.cli.ledger import all_issues, exported
    from tierline.cli.session import workspace_of

    workspace = workspace_of(place, "mesh")
    issues = all_issues(workspace)
    where = exported(workspace, file, issues)
    output.note(f"{len(issues)} issues are in {where}")
    return 0
