"""`tierline test`: run the services' own tests, and keep signed evidence of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierline.cli.options import format_option, place_options, selection_argument

if TYPE_CHECKING:
    from tierline.conductor.place import Place

EPILOG = """\b
Examples:
  tierline test                        every service
  tierline test M05 --suite unit
  tierline test changed:main --jobs 4
  tierline test --env staging --for production --policy ops/policy.toml

\b
Suites are tests/unit, tests/integration, tests/contract of a service; Go's
tests beside the code count as unit. tierline.toml may name a command:
[services.M05.tests]  unit = ["make", "test"]. Tests run code of the mesh.
"""


@click.command("test", epilog=EPILOG)
@selection_argument
@click.option(
    "--suite",
    "suites",
    multiple=True,
    type=click.Choice(("unit", "integration", "contract")),
    help="Only this suite; repeatable. Default: those that the policy asks for.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(0, 256),
    default=0,
    help="Services tested at once. Default: as many as CPUs.",
)
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(1, 86_400),
    default=600.0,
    show_default=True,
    help="Seconds that a suite may take.",
)
@click.option(
    "--for",
    "environments",
    multiple=True,
    metavar="ENV",
    help="Another environment that the evidence is made for; repeatable.",
)
@click.option("--key", metavar="NAME", help="The key to sign with, if you have several.")
@click.option("--no-evidence", is_flag=True, help="Only run; keep nothing.")
@place_options
@format_option("text", "json")
def command(
    selection: tuple[str, ...],
    suites: tuple[str, ...],
    jobs: int,
    seconds: float,
    environments: tuple[str, ...],
    key: str | None,
    no_evidence: bool,
    place: Place,
    form: str,
) -> int:
    """Run the tests of SELECTION, several services at once, and keep signed evidence.

    Evidence counts for exactly the revision that was tested. Exit code: 0 all suites passed,
    3 one failed, 4 one has no tests or could not be run.
    """
    from tierline.cli.session import workspace_of

    workspace = workspace_of(place)
    from tierline.cli.testing import Asked, test

    asked = Asked(selection, suites, jobs, seconds, environments, key, not no_evidence, form)
    return test(workspace, asked)
