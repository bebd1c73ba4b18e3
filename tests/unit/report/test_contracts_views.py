"""What `contracts breaking` prints: text, Markdown and a JSON document by its schema."""

from __future__ import annotations

import json
from importlib.resources import files

from jsonschema import Draft202012Validator

from made.contract_files import event_text
from made.openapi_files import text_of
from tierline.contracts.change import Kind
from tierline.contracts.compare_file import compare_file
from tierline.contracts.files import ContractFile
from tierline.facts.reference import Reference
from tierline.mesh.tree import Entry
from tierline.mesh.tree import Kind as PathKind
from tierline.readiness.breaking import Compared
from tierline.report.contracts_document import contracts_json
from tierline.report.contracts_text import contracts_markdown, contracts_text

MAIN = Reference("main", "c" * 40, "as --against says")
STRING, NUMBER = {"type": "string"}, {"type": "integer"}


def entry(text: bytes | None) -> Entry | None:
    return None if text is None else Entry(PathKind.FILE, len(text), text)


def compared(kind: Kind, path: str, old: bytes | None, new: bytes | None) -> Compared:
    file = ContractFile(kind, path, f"mesh/{path}", entry(old), entry(new))
    return Compared(file, ("M01-Auth",), ("M02-Shop",), compare_file(file))


def found() -> tuple[Compared, ...]:
    event, api = "contracts/events/user.in.json", "contracts/openapi/M01-auth.yaml"
    closed = {"type": "object", "properties": {"a": STRING}}
    more = {"type": "object", "properties": {"a": NUMBER, "b": {"pattern": "x|y"}}}
    return (
        compared(Kind.EVENT, event, event_text(closed), event_text(more)),
        compared(
            Kind.OPENAPI, api, text_of({"send": NUMBER}), text_of({"send": {"type": "number"}})
        ),
        compared(Kind.OPENAPI, "contracts/openapi/M03.yaml", None, text_of({})),
    )


TEXT = """\
NO-GO: somebody breaks; 3 contracts differ, compared with main, as --against
says
new, so nothing is compared: M03.yaml

mesh/contracts/events/user.in.json
  provided by M01-Auth; used by M02-Shop
  breaks   user.in: a: the type was string, is integer
           breaks readers of the old contract (forward); new readers of old
           events (backward)
           mesh/contracts/events/user.in.json:7:5
           /payload_schema/properties/a/type (was line 7)
  safe     user.in: property `b` was not declared, is optional
           mesh/contracts/events/user.in.json:9:9 /payload_schema/properties/b
           (was line 3)

mesh/contracts/openapi/M01-auth.yaml
  provided by M01-Auth; used by M02-Shop
  order    POST /things/{id}: request body application/json: the type was
           integer, is number
           breaks new consumers of a provider that has the old contract
           mesh/contracts/openapi/M01-auth.yaml:15:15
           /paths/~1things~1{id}/post/requestBody/content/application~1json/schema/type
           (was line 15)
"""


def test_the_text_names_every_change_and_whom_it_breaks() -> None:
    assert contracts_text(MAIN, found(), 80) == TEXT


def test_nothing_that_differs_is_said_in_a_line() -> None:
    assert contracts_text(MAIN, (), 80) == (
        "GO: no contract differs, compared with main, as --against says\n"
    )


def test_markdown_cannot_be_broken_out_of() -> None:
    told = contracts_markdown(Reference("a|<b>", "c", "as --against says"), found())
    assert "<b>" not in told
    assert told.startswith("## Contracts: NO-GO\n")


def test_the_document_is_valid_by_its_schema() -> None:
    schema = json.loads((files("tierline.report") / "schemas" / "contracts-1.json").read_text())
    document = json.loads(contracts_json(MAIN, found()))
    Draft202012Validator(schema).validate(document)
    assert document["decision"] == "NO-GO"
    assert document["contracts"][0]["changes"][0] == {
        "rule": "type",
        "subject": "user.in",
        "message": "a: the type was string, is integer",
        "breaks": ["reader", "writer"],
        "unknown": [],
        "old": {
            "pointer": "/payload_schema/properties/a/type",
            "path": "mesh/contracts/events/user.in.json",
            "line": 7,
            "column": 5,
        },
        "new": {
            "pointer": "/payload_schema/properties/a/type",
            "path": "mesh/contracts/events/user.in.json",
            "line": 7,
            "column": 5,
        },
    }
