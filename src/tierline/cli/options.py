"""Options that many commands share, as decorators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

Function = Callable[..., Any]

_PATH = click.Path(path_type=Path)


Complete = Callable[[click.Context, click.Parameter, str], "list[str]"]


def completed(name: str) -> Complete:
    """The function of that name in `tierline.cli.completing`, imported when a shell asks."""

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
        from tierline.cli import completing

        found: list[str] = getattr(completing, name)(context, parameter, begun)
        return found

    return complete


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
        shell_complete=completed("environments"),
    )
    @click.option(
        "--policy",
        "policy_file",
        type=_PATH,
        metavar="FILE",
        help="The policy file. Default: $TIERLINE_POLICY.",
    )
    @click.option(
        "--target",
        metavar="NAME",
        help="local, or simulated to rehearse.",
        shell_complete=completed("targets"),
    )
    @click.option(
        "--no-cache", is_flag=True, help="Read every file again; neither use nor keep the cache."
    )
    @wraps(function)
    def with_place(
        *args: Any,
        root_path: Path | None,
        environment: str | None,
        policy_file: Path | None,
        target: str | None,
        no_cache: bool,
        **options: Any,
    ) -> Any:
        from tierline.conductor.place import Place

        place = Place(root_path, environment, policy_file, target, cache=not no_cache)
        return function(*args, place=place, **options)

    return with_place


def against_option(function: Function) -> Function:
    """`--against` as part of the `place` argument; stands below `place_options`."""

    @click.option(
        "--against",
        default="",
        metavar="REF",
        help="The git reference to compare contracts with. Default: what the environment runs, else where the branch began.",
    )
    @wraps(function)
    def with_reference(*args: Any, against: str, place: Any, **options: Any) -> Any:
        from dataclasses import replace

        return function(*args, place=replace(place, against=against), **options)

    return with_reference


def images_option(function: Function) -> Function:
    """`--images` and `--image-tag` as part of the `place` argument; stands below `place_options`."""

    @click.option(
        "--images",
        type=_PATH,
        metavar="FILE",
        help="Which image stands for which name, by digest (JSON, as CI writes it).",
    )
    @click.option(
        "--image-tag",
        default="",
        metavar="TAG",
        help="Ask the registry which images have this tag (Kubernetes only).",
    )
    @wraps(function)
    def with_images(
        *args: Any, images: Path | None, image_tag: str, place: Any, **options: Any
    ) -> Any:
        from dataclasses import replace

        named = replace(place, images=images, image_tag=image_tag)
        return function(*args, place=named, **options)

    return with_images


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


INPUTS = {
    "--architecture-map-path": "service-architecture-map.yaml",
    "--dependencies-path": "dependencies.yaml",
    "--deployment-profile-path": "service-deployment-profile.md",
}
"""option -> the canonical input of the index that it names"""


def input_options(function: Function) -> Function:
    """The options of `INPUTS` as one `inputs` argument: name of the input -> the file given."""

    @wraps(function)
    def with_inputs(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(_parameter(option)) for option, name in INPUTS.items()}
        named = {name: path for name, path in given.items() if path is not None}
        return function(*args, inputs=named, **options)

    for option, name in reversed(INPUTS.items()):
        with_inputs = click.option(option, type=_PATH, metavar="FILE", help=f"{name}, elsewhere.")(
            with_inputs
        )
    return with_inputs


def _parameter(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")


def papers_options(function: Function) -> Function:
    """`--approval` and `--break-glass` as one `papers` argument."""

    @click.option(
        "--approval",
        "approvals",
        type=_PATH,
        multiple=True,
        metavar="FILE",
        help="An approval that was written elsewhere; may be given several times.",
    )
    @click.option(
        "--break-glass",
        metavar="REASON",
        help="Pass gates in an emergency: written down, an issue, and never GO.",
    )
    @wraps(function)
    def with_papers(
        *args: Any, approvals: tuple[Path, ...], break_glass: str | None, **options: Any
    ) -> Any:
        from tierline.cli.papers import Papers

        return function(*args, papers=Papers(approvals, break_glass), **options)

    return with_papers


def yes_option(function: Function) -> Function:
    """`--yes`: go on without asking."""
    return click.option("--yes", "-y", is_flag=True, help="Go on without asking.")(function)


def wishes_options(function: Function) -> Function:
    """`--checkpoint`, `--ready-only`, `--without` and `--together` as one `wishes` argument."""

    @click.option(
        "--checkpoint",
        type=click.Choice(["tier", "batch"]),
        help="Stop after each until `tierline resume`.",
    )
    @click.option(
        "--ready-only", is_flag=True, help="Leave out what is not GO, and what depends on it."
    )
    @click.option(
        "--without",
        multiple=True,
        metavar="SELECTION",
        shell_complete=completed("selections"),
        help="Leave these out, and what depends on them.",
    )
    @click.option(
        "--together",
        multiple=True,
        metavar="SELECTION",
        shell_complete=completed("selections"),
        help="These move as one: between two of their starts they need not work.",
    )
    @wraps(function)
    def with_wishes(
        *args: Any,
        checkpoint: str | None,
        ready_only: bool,
        without: tuple[str, ...],
        together: tuple[str, ...],
        **options: Any,
    ) -> Any:
        from tierline.cli.session import words
        from tierline.conductor.wishes import Wishes
        from tierline.plan.model import Checkpoint

        stops = Checkpoint(checkpoint) if checkpoint else None
        wishes = Wishes(stops, ready_only, words(without), words(together))
        return function(*args, wishes=wishes, **options)

    return with_wishes


selection_argument = click.argument("selection", nargs=-1, shell_complete=completed("selections"))
"""Words of a selection; none is the whole mesh."""
