"""Prints: one document on stdout, messages on stderr, colours only on a terminal."""

from __future__ import annotations

import os
import re
import sys

import click

from tierline.facts.decision import Decision
from tierline.regex import regex
from tierline.report.style import clean

EXIT = {Decision.GO: 0, Decision.NO_GO: 3, Decision.HOLD: 4}
"""exit code of a decision"""
ROLLED_BACK, REFUSED_ROLLBACK = 5, 6
"""exit codes of a rollout that went back, and of one that may not"""

_WORDS = {
    "NO-GO": "red",
    "failed": "red",
    "fail": "red",
    "HOLD": "yellow",
    "held": "yellow",
    "warn": "yellow",
    "unknown": "yellow",
    "GO": "green",
    "verified": "green",
    "unchanged": "green",
    "completed": "green",
    "ok": "green",
}
_PATTERN = regex(r"(?<![\w/-])(" + "|".join(_WORDS) + r")(?![\w/-])")
_COMMAND = regex(r"^(\s*)(::|##)(?=\w|\[)", re.MULTILINE)
"""the begin of a line that GitHub or Azure would obey as a command, were it in a log of theirs"""
_PIPED = os.terminal_size((100, 24))
"""columns and lines where there is no terminal"""


def coloured() -> bool:
    """Whether stdout is a terminal that wants colours."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def width() -> int:
    """Columns of the terminal; 100 where there is none, unless COLUMNS says otherwise."""
    return _size().columns


def _size() -> os.terminal_size:
    if not sys.stdout.isatty() and not os.environ.keys() & {"COLUMNS", "LINES"}:
        return _PIPED
    from shutil import get_terminal_size

    return get_terminal_size(_PIPED)


def stderr_width() -> int:
    """Columns of the terminal that messages go to; 100 where there is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _PIPED.columns
    except (OSError, ValueError):
        return _PIPED.columns


def show(text: str) -> None:
    """Print a text, with its states and decisions in colour on a terminal."""
    text = _COMMAND.sub(r"\1·\2", text)
    if coloured():
        text = _PATTERN.sub(lambda m: click.style(m[0], fg=_WORDS[m[0]], bold=True), text)
    click.echo(text, nl=not text.endswith("\n"), color=coloured())


def report(text: str, decision: Decision, headline: str) -> None:
    """Show a report; where its begin leaves the terminal, what it comes to stands below it again."""
    show(text)
    if sys.stdout.isatty() and text.count("\n") >= _size().lines - 2:
        show(f"\n{decision}  {headline}")


def document(text: str) -> None:
    """Print a machine document, as it is."""
    click.echo(text, nl=not text.endswith("\n"))


def note(text: str) -> None:
    """A message for people, beside the document."""
    text = _COMMAND.sub(r"\1·\2", text)
    click.echo("\n".join(clean(line) for line in text.split("\n")), err=True)


class Declined(click.Abort):
    """A person who was asked said no."""


def confirm(question: str) -> None:
    """Ask a person who is there, no by default; Declined for a no, click.Abort for no answer."""
    if not click.confirm(question, err=True):
        raise Declined


def interactive() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
