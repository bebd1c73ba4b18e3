"""OpenAPI documents in memory for tests: one operation with what a case says, written as YAML."""

from __future__ import annotations

from typing import Any

import yaml

from tierline.contracts.change import Change
from tierline.contracts.openapi.compare import compare_openapi
from tierline.contracts.openapi.document import read_openapi
from tierline.contracts.schema.at import At, Document
from tierline.mesh.source import Source
from tierline.mesh.yaml import read_yaml

PATH = "contracts/openapi/made.yaml"


def document(case: dict[str, Any]) -> dict[str, Any]:
    """A whole document: `op` is one operation, `send` and `answer` are schemas of its bodies.

    Any other key of a case is the document's own, `openapi` 3.1.0 unless it says otherwise.
    """
    whole = {"openapi": "3.1.0", "info": {"title": "made", "version": "1"}} | {
        key: value for key, value in case.items() if key not in {"op", "send", "answer"}
    }
    if "paths" in whole:
        return whole
    operation: dict[str, Any] = {"responses": {"200": {"description": "done"}}} | case.get("op", {})
    if "send" in case:
        operation["requestBody"] = {"content": {"application/json": {"schema": case["send"]}}}
    if "answer" in case:
        content = {"application/json": {"schema": case["answer"]}}
        operation["responses"] = {"200": {"description": "done", "content": content}}
    return whole | {"paths": {"/things/{id}": {"post": operation}}}


def text_of(case: dict[str, Any]) -> bytes:
    """The document as a file."""
    return yaml.safe_dump(document(case), sort_keys=False).encode()


def openapi_file(case: dict[str, Any]) -> At:
    """The document, written down and read again."""
    source = Source(PATH, "openapi-breaking")
    node = read_yaml(text_of(case), source)
    assert node is not None, source.defects
    return read_openapi(Document(PATH, node))


def openapi_changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    """What changed between two documents."""
    return compare_openapi(openapi_file(old), openapi_file(new))
