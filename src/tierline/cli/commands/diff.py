"""`tierline diff`: what would a release change in the cluster?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, images_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline diff --env staging --policy ops/policy.toml --images images.json
  tierline diff M05+ --env staging --format json

\b
Objects are told by what becomes of them: + created, ~ changed,
± replaced, - removed, ! refused. Secrets are told as hashes.
"""


@click.command("diff", epilog=EPILOG)
@selection_argument
@place_options
@images_option
@format_option("text", "json", "md")
def command(selection: tuple[str, ...], place: Place, form: str) -> int:
    """What a release of SELECTION would change in its cluster: objects and fields; and orphans.

    The cluster is asked by a dry run; nothing is changed. Only for environments on Kubernetes.

    Exit code: 0 GO (whether or not anything changes), 3 NO-GO (the cluster
    refuses an object), 4 HOLD (somebody cannot say what would ship).
    """
    import asyncio

    from tierline.cli.differing import compared
    from tierline.cli.session import words, workspace_of

    workspace = workspace_of(place)
    return asyncio.run(compared(workspace, words(selection), form))
