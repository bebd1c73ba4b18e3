"""Options that many commands share, as decorators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

Function = Callable[..., Any]

_PATH = click.Path(path_type=Path)


def place_options(function: Function) -> Function:
    """`--root-path`, `--env`, `--policy`, `--target` as one `place` argument."""

    @click.option(
        "--root-path",
        type=_PATH,
        metavar="DIR",
        help="The mesh's folder. Default: here, ./mesh, or the nearest parent that is one.",
    )
    @click.option(
        "--env",
        "environment",
        metavar="NAME",
        help="The environment. Default: $TIERLINE_ENV, else local.",
    )
    @click.option(
        "--policy",
        "policy_file",
        type=_PATH,
        metavar="FILE",
        help="The policy file. Default: $TIERLINE_POLICY.",
    )
    @click.option("--target", metavar="NAME", help="local, or simulated to rehearse.")
    @wraps(function)
    def with_place(
        *args: Any,
        root_path: Path | None,
        environment: str | None,
        policy_file: Path | None,
        target: str | None,
        **options: Any,
    ) -> Any:
        from tierline.conductor.place import Place

        place = Place(root_path, environment, policy_file, target)
        return function(*args, place=place, **options)

    return with_place


def format_option(*formats: str) -> Callable[[Function], Function]:
    """`--format` with these choices, the first by default, as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print.",
    )


def yes_option(function: Function) -> Function:
    """`--yes`: go on without asking."""
    return click.option("--yes", "-y", is_flag=True, help="Go on without asking.")(function)


Complete = Callable[[click.Context, click.Parameter, str], "list[str]"]


def completed(name: str) -> Complete:
    """The function of that name in `tierline.cli.completing`, imported when a shell asks."""

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
        from tierline.cli import completing

        found: list[str] = getattr(completing, name)(context, parameter, begun)
        return found

    return complete


selection_argument = click.argument("selection", nargs=-1, shell_complete=completed("selections"))
"""Words of a selection; none is the whole mesh."""
