"""`tierline key`: the keys that a person approves with."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """\b
Examples:
  tierline key new ada
  tierline key list --policy ops/policy.toml
"""
_NEW = """\b
Examples:
  tierline key new ada

\b
NAME is what the policy file calls you. The private half never leaves this
machine; whoever can read it can approve in your name.
"""
_LIST = """\b
Examples:
  tierline key list
  tierline key list --policy ops/policy.toml
"""


@click.group("key", epilog=EPILOG)
def command() -> None:
    """Make and list the keys that you approve plans with."""


@command.command("new", epilog=_NEW, short_help="Make a key pair.")
@click.argument("name")
def new(name: str) -> int:
    """Make a key pair called NAME, and print the line that a policy file wants of it."""
    import os

    from tierline.cli import output
    from tierline.evidence.keys import keys_folder, new_key

    folder = keys_folder(os.environ)
    made = new_key(folder, name)
    output.document(f"{made.name} {made.public}")
    output.note(f"the private half is in {folder / f'{made.name}.key'}; keep it secret")
    output.note("whoever keeps the policy file adds the line above, in quotes, to [trust] keys,")
    output.note(f"and to [trust] approvers: {made.name}, with the e-mail addresses of your commits")
    return 0


@command.command("list", epilog=_LIST, short_help="List your keys.")
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Say which of them this file trusts. Default: $TIERLINE_POLICY.",
)
def list_(policy_file: Path | None) -> int:
    """List your keys: name, id, when made, public half, and what a policy says of them."""
    import os

    from tierline.cli import output
    from tierline.conductor.policy_file import read_policy_file
    from tierline.evidence.keys import all_keys, keys_folder
    from tierline.report.keys import keys_text

    file = read_policy_file(policy_file)
    found = all_keys(keys_folder(os.environ))
    output.show(keys_text(found, file.trust if file else None))
    return 0
