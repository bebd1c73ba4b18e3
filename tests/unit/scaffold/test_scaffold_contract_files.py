"""Contracts of the demo mesh."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tierline.scaffold.apis import APIS, EVENTS
from tierline.scaffold.contract_files import contract_files
from tierline.scaffold.services import DEMO

FILES = dict(contract_files())
DOCUMENTS = sorted(path for path in FILES if path.startswith("openapi/"))


def references(value: Any) -> set[str]:
    return set(re.findall(r"#/components/schemas/(\w+)", json.dumps(value)))


def test_every_service_has_a_document_and_every_event_a_file() -> None:
    assert len(DOCUMENTS) == len(DEMO) == len(APIS) == 14
    assert {path for path in FILES if path.startswith("events/")} == {
        f"events/{event}.json" for event in EVENTS
    }


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_refers_to_schemas_that_it_has(path: str) -> None:
    document = yaml.safe_load(FILES[path])
    schemas = document["components"]["schemas"]
    assert references(document["paths"]) <= schemas.keys()
    assert references(schemas) <= schemas.keys()
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_operation_ids_are_unique_and_path_parameters_are_declared(path: str) -> None:
    paths = yaml.safe_load(FILES[path])["paths"]
    operations = [(p, verb) for p, verbs in paths.items() for verb in verbs.items()]
    names = [operation["operationId"] for _, (_, operation) in operations]
    assert len(names) == len(set(names))
    for where, (_, operation) in operations:
        declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", where))


def test_a_payload_schema_accepts_its_payload_and_refuses_others() -> None:
    contract = json.loads(FILES["events/payout.sent.json"])
    schema = Draft202012Validator(contract["payload_schema"])
    assert contract["producer"] == "M09-Payout-Service"
    assert schema.is_valid({"user": "ada", "account": "shop", "amount_minor": 500})
    assert not schema.is_valid({"user": "ada", "account": "shop", "amount_minor": "500"})
    assert not schema.is_valid({"user": "ada", "account": "shop"})


def test_every_consumed_event_has_a_producer_in_the_mesh() -> None:
    produced = {event for service in DEMO for event in service.produces}
    assert {event for service in DEMO for event in service.consumes} <= produced
    assert produced == EVENTS.keys()
