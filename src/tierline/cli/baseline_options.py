"""The options of a baseline as one value."""

from __future__ import annotations

from functools import wraps
from typing import Any

import click

from tierline.cli.options import Function
from tierline.errors import UsageError
from tierline.frozen import frozen


@frozen
class Wish:
    """What was asked for: `file` "" is the mesh's own; `grow` takes new failures in, too."""

    file: str
    author: str | None = None
    expires: str | None = None
    grow: bool = False


def baseline_options(function: Function) -> Function:
    """`--baseline`, `--author`, `--expires` and `--grow` as one `wish` argument; None without."""

    @click.option(
        "--baseline",
        is_flag=False,
        flag_value="",
        metavar="[FILE]",
        help="Write what fails now into FILE as waivers that end; later take out what is mended.",
    )
    @click.option("--author", metavar="NAME", help="Who answers for the baseline. Default: you.")
    @click.option(
        "--expires", metavar="WHEN", help="Of the baseline: 30d, or a date. Default: 90d."
    )
    @click.option("--grow", is_flag=True, help="Take new failures into the baseline, too.")
    @wraps(function)
    def with_wish(
        *args: Any,
        baseline: str | None,
        author: str | None,
        expires: str | None,
        grow: bool,
        **options: Any,
    ) -> Any:
        if baseline is None and (author or expires or grow):
            raise UsageError(
                "--author, --expires and --grow are for a baseline",
                fix="add --baseline, or leave them out",
            )
        wish = None if baseline is None else Wish(baseline, author, expires, grow)
        return function(*args, wish=wish, **options)

    return with_wish
