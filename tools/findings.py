"""Writes docs/reference/findings.md, the table of every finding, from the tables of gates and codes.

    python tools/findings.py

`make format` runs it, too. Run it when a test says that the page is not what the tables say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tierline.plan.approval_codes import APPROVAL_CODES, APPROVAL_GATE
from tierline.policy.model import EnvironmentKind
from tierline.readiness.code import Code
from tierline.readiness.codes import CODES
from tierline.readiness.codes_reading import is_general, reading_codes
from tierline.readiness.gate import Gate
from tierline.readiness.gates import GATES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "findings.md"
HEAD = """\
# Findings

Every gate with every finding that it gives, and how bad that is in each kind of environment: *ok* is not shown, *warn* holds
nothing, *unknown* makes HOLD, *fail* makes NO-GO. A [policy file](policy.md) may set another severity for a code (`[severity]`),
a mesh only a worse one; where a requirement is named, the severity follows it: off is ok, expected is a warning. A
[waiver](policy.md#waivers) makes a finding a warning for a while. `tierline explain CODE` says why it matters and what helps.

This page is written from the tables in the program: `make format`.
"""


def page() -> str:
    """The whole page."""
    codes = [*CODES.values(), *APPROVAL_CODES]
    blocks = [HEAD]
    for gate in (*GATES, APPROVAL_GATE):
        blocks += [*_gate(gate), *_table(one for one in codes if one.gate == gate.id)]
    blocks += ["## readiness\n", "What decides beside the gates' findings.\n"]
    blocks += _table(one for one in codes if one.gate == "readiness")
    blocks += ["## Files that cannot be read\n"]
    blocks += [
        "Any gate that reads files may also give these, with its own name before the slash.\n"
    ]
    blocks += _table(reading_codes("any"), general=True)
    return "\n".join(blocks)


def _gate(gate: Gate) -> Iterator[str]:
    yield f"## {gate.id}\n"
    yield f"**{gate.title}.** {gate.why} {gate.documentation}\n"
    yield f"Needs {gate.needs}.\n"


def _table(codes: Iterable[Code], *, general: bool = False) -> list[str]:
    own = [one for one in codes if general or not is_general(one)]
    if not own:
        return []
    rows = [["finding", "meaning", *EnvironmentKind], ["---"] * 5, *map(_row, own)]
    if general:
        rows[2:] = [[f"`…/{_slug(one)}`", *_row(one)[1:]] for one in own]
    return ["\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"]


def _row(code: Code) -> list[str]:
    asked = f" (requirement `{code.demand}`)" if code.demand else ""
    said = [str(code.built_in(kind)) for kind in EnvironmentKind]
    return [f"`{code.code}`", f"{code.title}{asked}", *said]


def _slug(code: Code) -> str:
    return code.code.partition("/")[2]


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
