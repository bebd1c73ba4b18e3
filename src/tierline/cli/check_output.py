"""What `tierline check` says, in every format, on stdout and in files; imports a format when asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tierline.errors import UsageError
from tierline.frozen import frozen
from tierline.mesh.clean import clean

if TYPE_CHECKING:
    from tierline.conductor.workspace import Workspace
    from tierline.readiness.model import Check
    from tierline.report.check_places import Lines
    from tierline.report.check_text import Show

FORMATS = ("text", "json", "md", "junit", "sarif", "github")
ENDINGS = {".txt": "text", ".json": "json", ".md": "md", ".xml": "junit", ".sarif": "sarif"}
"""ending of a file -> the format that is written into it"""
MOST_LINES = 200
"""findings that are shown with their lines"""


@frozen
class Told:
    """A check with what its formats need. `subjects`: the services judged; None is the release."""

    workspace: Workspace
    check: Check
    subjects: tuple[str | None, ...]
    show: Show


def form_of(file: Path) -> str:
    """The format that a file's ending asks for; UsageError for any other ending."""
    form = ENDINGS.get(file.suffix.lower())
    if form is None:
        raise UsageError(
            f"{clean(str(file), 200)}: its ending names no format of a check",
            fix=f"end it with one of {', '.join(ENDINGS)}",
        )
    return form


def tell(told: Told, form: str, files: Mapping[Path, str]) -> None:
    """Write the files, each in its format, then print the check in `form`."""
    from tierline.cli import output
    from tierline.cli.writing import write_file

    for file, wanted in files.items():
        write_file(file, written(told, wanted))
        output.note(f"wrote {file} ({wanted})")
    if form == "text":
        output.show(written(told, form, output.width()))
    else:
        output.document(written(told, form))


def written(told: Told, form: str, width: int = 100) -> str:
    """The check in a format of FORMATS; `width` is for text."""
    check, workspace = told.check, told.workspace
    if form == "json":
        from tierline.report.check_document import check_json

        return check_json(check)
    if form == "md":
        from tierline.report.check_markdown import check_markdown

        return check_markdown(check)
    if form == "junit":
        from tierline.report.check_junit import check_junit

        return check_junit(check, told.subjects)
    if form == "text":
        from tierline.report.check_text import check_text

        return check_text(check, width, told.show, _lines(told))
    from tierline.evidence.repository import RepositoryPaths

    paths = RepositoryPaths(workspace.root)
    if form == "sarif":
        from tierline.report.check_sarif import check_sarif

        return check_sarif(check, workspace.environment, paths.fallback, paths)
    from tierline.report.check_github import check_github

    return check_github(check, paths)


def _lines(told: Told) -> Lines:
    """The lines of findings that are shown in full, where those are not too many."""
    from tierline.report.check_text import in_full

    places = [one.place for one in told.check.findings if one.place and one.place.line]
    if not places or len(places) > MOST_LINES or not in_full(told.check, told.show):
        return {}
    from tierline.evidence.lines import lines_at

    return lines_at(told.workspace.root, places)
