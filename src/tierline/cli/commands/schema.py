"""`tierline schema`: JSON Schemas of the machine formats and of the files that people write."""

from __future__ import annotations

import json
from importlib.resources import files

import click

from tierline.cli.options import completed

EPILOG = """\b
Examples:
  tierline schema                    the names
  tierline schema report-1 > report.schema.json
  tierline schema settings           of tierline.toml
"""

_SHIPPED = files("tierline.report") / "schemas"


@click.command("schema", epilog=EPILOG)
@click.argument("name", required=False, shell_complete=completed("schemas"))
def command(name: str | None) -> int:
    """Print the JSON Schema called NAME; without a name, list them."""
    from tierline.cli import output
    from tierline.errors import UsageError

    if name is None:
        output.document("\n".join(schema_names()))
    elif name not in schema_names():
        raise UsageError(f"there is no schema {name}", fix=f"one of: {', '.join(schema_names())}")
    elif name == "policy":
        from tierline.policy.file import policy_schema

        output.document(json.dumps(policy_schema(), indent=2))
    elif name == "settings":
        from tierline.mesh.settings_schema import json_schema

        output.document(json.dumps(json_schema(), indent=2))
    else:
        output.document((_SHIPPED / f"{name}.json").read_text())
    return 0


def schema_names() -> list[str]:
    """Those of the machine formats, then those of the files that people write."""
    shipped = sorted(entry.name.removesuffix(".json") for entry in _SHIPPED.iterdir())
    return [*shipped, "policy", "settings"]
