"""`tierline init`: write an empty mesh, a service of a mesh, or the demo mesh."""

from __future__ import annotations

from pathlib import Path

import click

from tierline.cli.options import completed

EPILOG = """\b
Examples:
  tierline init shop                       a new mesh in shop/mesh
  tierline init shop --profile python-mesh
  tierline init --service M01-Account-Service --domain core-platform
  tierline init --service M02-Order-Service --domain data-ai --owner M01
  tierline init --demo shop                14 services to try things on
"""


@click.command("init", epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--name", default="", help="The mesh's name. Default: the folder's.")
@click.option("--profile", type=click.Choice(("go-mesh", "python-mesh")), help="Default: go-mesh.")
@click.option("--demo", is_flag=True, help="Write the demo mesh with its 14 services.")
@click.option("--service", default="", metavar="ID", help="Add this service to the mesh.")
@click.option("--domain", default="", help="Its domain.", shell_complete=completed("domains"))
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="SERVICE",
    help="A service whose data it reads; repeatable.",
    shell_complete=completed("services"),
)
@click.option("--port", type=int, help="Its HTTP port. Default: a free one.")
@click.option("--dry-run", is_flag=True, help="Say what --service would write, and write nothing.")
@click.option(
    "--root-path",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The mesh that --service is added to. Default: the one around this folder.",
)
def command(
    folder: Path | None,
    name: str,
    profile: str | None,
    demo: bool,
    service: str,
    domain: str,
    owners: tuple[str, ...],
    port: int | None,
    dry_run: bool,
    root_path: Path | None,
) -> int:
    """Make FOLDER a git repository that holds an empty mesh in mesh/; or add a service to a mesh.

    All is written, or nothing: whatever is in the way is told at once. In a repository that exists
    already nothing is committed.
    """
    from tierline.errors import UsageError

    of_service = {"--domain": domain, "--owner": owners, "--port": port, "--root-path": root_path,
                  "--dry-run": dry_run}  # fmt: skip
    of_mesh = {"FOLDER": folder, "--name": name, "--profile": profile, "--demo": demo}
    wrong = [option for option, given in (of_mesh if service else of_service).items() if given]
    if demo and not service:
        wrong += [option for option in ("--name", "--profile") if of_mesh[option]]
    if wrong:
        what = "with --service" if service else "with --demo" if demo else "without --service"
        raise UsageError(
            f"{', '.join(wrong)} {'means' if len(wrong) == 1 else 'mean'} nothing {what}",
            code="usage/init",
            fix="see tierline init --help",
        )
    if service:
        from tierline.cli.adding import add_service
        from tierline.scaffold.asked import Asked

        return add_service(root_path, Asked(service, domain, owners, port), dry_run=dry_run)
    if demo:
        return _demo(folder or Path())
    from tierline.cli.initialising import new_mesh

    return new_mesh(folder or Path(), name, profile or "go-mesh")


def _demo(folder: Path) -> int:
    from tierline.cli import output
    from tierline.scaffold.demo import write_demo

    write_demo(folder)
    output.note(f"wrote {folder}/mesh: 14 services in three tiers")
    output.note(f"  next: cd {folder} && tierline check && tierline rollout")
    return 0
