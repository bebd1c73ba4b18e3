"""The root command: names every command, imports none, turns errors into messages and codes."""

from __future__ import annotations

import os

import click

from tierline import __version__
from tierline.cli.lazy import LazyGroup
from tierline.errors import TierlineError
from tierline.mesh.clean import UNPRINTABLE, clean

INTERRUPTED = 130
"""exit code of a command that a second signal ended, as shells have it"""

TABLE = {
    "demo": ("tierline.cli.commands.demo", "Make a mesh of real services, release it, clean up."),
    "init": ("tierline.cli.commands.init", "Make a mesh, or add a service to one."),
    "doctor": ("tierline.cli.commands.doctor", "What this machine lacks, and what mends it."),
    "check": ("tierline.cli.commands.check", "Judge the mesh by every gate."),
    "context": (
        "tierline.cli.commands.context",
        "What must a release know? Facts with their places.",
    ),
    "index": ("tierline.cli.commands.index", "Generate or check index and load order."),
    "contracts": ("tierline.cli.commands.contracts", "What changed in contracts, whom it breaks."),
    "changed": ("tierline.cli.commands.changed", "Which modules did a change touch?"),
    "explain": ("tierline.cli.commands.explain", "Explain a finding code or a gate."),
    "ready": ("tierline.cli.commands.ready", "May it ship? A decision per service and batch."),
    "register": ("tierline.cli.commands.register", "List services as implemented, if they are."),
    "test": ("tierline.cli.commands.test", "Run the tests of services; keep signed evidence."),
    "evidence": ("tierline.cli.commands.evidence", "What is known of test runs; import, export."),
    "can-roll": (
        "tierline.cli.commands.can_roll",
        "Do they fit what runs, and if not alone, with whom?",
    ),
    "plan": ("tierline.cli.commands.plan", "In what order? The plan of a release."),
    "diff": ("tierline.cli.commands.diff", "What would a release change in the cluster?"),
    "approve": ("tierline.cli.commands.approve", "Sign a plan, so that it may be rolled out."),
    "rollout": ("tierline.cli.commands.rollout", "Carry a plan out, verified step by step."),
    "status": ("tierline.cli.commands.status", "What runs, and where the newest rollout stands."),
    "logs": ("tierline.cli.commands.logs", "The output of a service."),
    "verify": ("tierline.cli.commands.verify", "Does it work now? Judge what runs."),
    "watch": ("tierline.cli.commands.watch", "Does it go on working? Judge for a bake time."),
    "hold": ("tierline.cli.commands.hold", "Ask a running rollout to start nothing more."),
    "resume": ("tierline.cli.commands.resume", "Go on with a held rollout."),
    "abort": ("tierline.cli.commands.abort", "End a rollout that holds its environment."),
    "rollback": ("tierline.cli.commands.rollback", "Bring the least safe set back."),
    "down": ("tierline.cli.commands.down", "Stop everything that runs locally."),
    "why": ("tierline.cli.commands.why", "Why does a service stand where it stands?"),
    "report": ("tierline.cli.commands.report", "The report of a rollout."),
    "issues": ("tierline.cli.commands.issues", "What stays unresolved, and what to do next."),
    "skill": ("tierline.cli.commands.skill", "Teach an agent how a mesh is released."),
    "key": ("tierline.cli.commands.key", "The keys that you approve with."),
    "schema": ("tierline.cli.commands.schema", "JSON Schemas of every machine format."),
    "completion": ("tierline.cli.commands.completion", "Completion for bash, zsh or fish."),
}

EPILOG = """\b
First steps:
  tierline demo                     a whole mesh, checked, planned, rolled out
  tierline demo --break M06=exit    the same with one broken service
  tierline init shop                a mesh of your own, ready for services
  tierline check                    judge the mesh in this folder
  tierline rollout M05+             release M05 and what depends on it

\b
Exit codes: 0 GO, 1 tool error, 2 usage, 3 NO-GO, 4 HOLD, 5 rolled back,
6 rollback refused.
"""

ROOT = click.version_option(__version__, "--version", "-V", message="tierline %(version)s")(
    LazyGroup(
        table=TABLE,
        name="tierline",
        help="Releases a mesh of services: may it ship, in what order, did it work?",
        epilog=EPILOG,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
)


def run(arguments: list[str]) -> int:
    """Run one command; returns its exit code and never raises."""
    try:
        result = ROOT.main(arguments, prog_name="tierline", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort as error:
        return _stopped(error)
    except click.ClickException as error:
        error.show()
        return 2
    except TierlineError as error:
        return tell(error)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except OSError as error:
        return tell(_refused(error))
    except Exception as error:  # noqa: BLE001 - the last border: a person never sees a traceback
        return _defect(error)
    return result if isinstance(result, int) else 0


def _stopped(error: click.Abort) -> int:
    from tierline.cli.output import Declined

    declined = isinstance(error, Declined)
    click.echo("nothing was done" if declined else "interrupted", err=True)
    return INTERRUPTED if isinstance(error.__cause__, KeyboardInterrupt) else 1


def tell(error: TierlineError) -> int:
    """Print an error with its code and fix to stderr; returns the exit code."""
    click.echo(f"tierline: {_shown(error.message)}", err=True)
    if error.fix:
        click.echo(f"  fix: {_shown(error.fix)}", err=True)
    click.echo(f"  code: {error.code}", err=True)
    return error.exit_code


def _shown(text: str) -> str:
    """Its lines without characters that a terminal acts on: what it names may be anybody's."""
    return "\n".join(UNPRINTABLE.sub("?", line) for line in text.split("\n"))


def _refused(error: OSError) -> TierlineError:
    """What the system refuses where no part of tierline has words of its own for it."""
    if os.environ.get("TIERLINE_DEBUG"):
        raise error
    where = f"{clean(str(error.filename), 200)}: " if error.filename else ""
    return TierlineError(
        f"{where}{error.strerror or error}",
        code="tool/system",
        fix="mend that and run the same command again; TIERLINE_DEBUG=1 shows where it happened",
    )


def _defect(error: Exception) -> int:
    if os.environ.get("TIERLINE_DEBUG"):
        raise error
    click.echo(f"tierline: a defect of tierline: {type(error).__name__}: {error}", err=True)
    click.echo(
        "  fix: report it with the output of the same command under TIERLINE_DEBUG=1", err=True
    )
    return 1
