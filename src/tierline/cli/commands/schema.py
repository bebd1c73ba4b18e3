"""`tierline schema`: JSON Schemas of the machine formats and of the files that people write."""

from __future__ import annotations

import json
from importlib.resources import files

import click

EPILOG = """\b
Examples:
  tierline schema                    the names
  tierline schema report-1 > report.schema.json
  tierline schema settings           of tierline.toml
"""


@click.command("schema", epilog=EPILOG)
@click.argument("name", required=False)
def command(name: str | None) -> int:
    """Print the JSON Schema called NAME; without a name, list them."""
    from tierline.cli import output
    from tierline.errors import UsageError

    shipped = files("tierline.report") / "schemas"
    names = sorted(entry.name.removesuffix(".json") for entry in shipped.iterdir())
    if name is None:
        output.document("\n".join([*names, "policy", "settings"]))
    elif name in names:
        output.document((shipped / f"{name}.json").read_text())
    elif name == "policy":
        from tierline.policy.file import policy_schema

        output.document(json.dumps(policy_schema(), indent=2))
    elif name == "settings":
        from tierline.mesh.settings_schema import json_schema

        output.document(json.dumps(json_schema(), indent=2))
    else:
        raise UsageError(
            f"there is no schema {name}", fix=f"one of: {', '.join([*names, 'policy', 'settings'])}"
        )
    return 0
