"""`tierline completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click

EPILOG = """\b
Examples:
  tierline completion bash > /etc/bash_completion.d/tierline
  source <(tierline completion bash)        in ~/.bashrc
  tierline completion zsh > ~/.zfunc/_tierline
  tierline completion fish > ~/.config/fish/completions/tierline.fish
"""


@click.command("completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script for SHELL."""
    from click.shell_completion import get_completion_class

    from tierline.cli import output
    from tierline.cli.main import ROOT

    script = get_completion_class(shell)
    if script is not None:
        output.document(script(ROOT, {}, "tierline", "_TIERLINE_COMPLETE").source())
    return 0
