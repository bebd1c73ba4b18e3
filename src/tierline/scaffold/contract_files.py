"""Writes the contracts of the demo mesh: OpenAPI documents and event files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from tierline.mesh.names import short_id
from tierline.scaffold.apis import APIS, EVENTS, Api, Members, Operation
from tierline.scaffold.services import DEMO

_STATUS = {
    200: "done",
    201: "created",
    202: "taken on",
    400: "the request is malformed",
    401: "the caller is not signed in",
    403: "the caller may not do this",
    404: "there is no such thing",
    409: "the state does not allow it",
    502: "an owner does not answer",
}
_HEALTH = (
    Operation("GET /healthz", "health", "Health"),
    Operation("GET /readyz", "readiness", "Readiness", refusals=(503,)),
)
_HEALTH_SCHEMAS: Mapping[str, Members] = {
    "Health": {"status": "string", "service": "string", "workload": "string"},
    "Readiness": {"status": "string", "owners": "object"},
    "Error": {"error": "string"},
}


class Described(Protocol):
    """What a contract says of its service besides its operations."""

    @property
    def service_id(self) -> str: ...

    @property
    def purpose(self) -> str: ...

    @property
    def http_port(self) -> int: ...


def contract_files() -> Iterator[tuple[str, str]]:
    """(path below `contracts/`, text) of each OpenAPI document and event file."""
    producers = {event: service for service in DEMO for event in service.produces}
    for service in DEMO:
        yield f"openapi/{service.folder}.yaml", openapi(service, APIS[short_id(service.service_id)])
    for event, members in EVENTS.items():
        yield f"events/{event}.json", event_file(event, producers[event].service_id, members)


def event_file(event: str, producer: str, members: Members) -> str:
    """`contracts/events/<event>.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in members.items()},
        "required": sorted(members),
        "additionalProperties": True,
    }
    document = {
        "event_type": event,
        "version": "1.0.0",
        "producer": producer,
        "payload_schema": schema,
    }
    return json.dumps(document, indent=2) + "\n"


def openapi(service: Described, api: Api) -> str:
    """An OpenAPI 3.1 document in block style."""
    lines = [
        "openapi: 3.1.0",
        "info:",
        f"  title: {service.service_id}",
        f"  description: {service.purpose[0].upper()}{service.purpose[1:]}.",
        "  version: 1.0.0",
        "servers:",
        f"  - url: http://127.0.0.1:{service.http_port}",
        "paths:",
    ]
    by_path: dict[str, list[Operation]] = {}
    for operation in (*_HEALTH, *api.operations):
        by_path.setdefault(operation.route.partition(" ")[2], []).append(operation)
    for path, operations in by_path.items():
        lines.append(f"  {path}:")
        for operation in operations:
            lines += _operation(operation, path)
    lines += ["components:", "  schemas:"]
    for name, members in sorted({**api.schemas, **_HEALTH_SCHEMAS}.items()):
        lines += _schema(name, members)
    lines += _SECURITY if any(operation.signed_in for operation in api.operations) else ()
    return "\n".join(lines) + "\n"


_SECURITY = (
    "  securitySchemes:",
    "    session:",
    "      type: http",
    "      scheme: bearer",
)


def _operation(operation: Operation, path: str) -> Iterator[str]:
    yield f"    {operation.route.partition(' ')[0].lower()}:"
    yield f"      operationId: {operation.name}"
    parameters = [(name, "path", "true") for name in re.findall(r"{(\w+)}", path)]
    parameters += [(name, "query", "false") for name in operation.query]
    if parameters:
        yield "      parameters:"
    for name, place, required in parameters:
        yield f"        - name: {name}"
        yield f"          in: {place}"
        yield f"          required: {required}"
        yield "          schema:"
        yield "            type: string"
    if operation.takes:
        yield "      requestBody:"
        yield "        required: true"
        yield from _content(operation.takes, "        ")
    yield "      responses:"
    answers = [(operation.status, operation.gives)]
    answers += [(s, operation.gives if s == 503 else "Error") for s in operation.refusals]
    for status, schema in answers:
        yield f'        "{status}":'
        yield f"          description: {_STATUS.get(status, 'not ready')}"
        yield from _content(schema, "          ")
    if operation.signed_in:
        yield "      security:"
        yield "        - session: []"


def _content(schema: str, indent: str) -> Iterator[str]:
    yield f"{indent}content:"
    yield f"{indent}  application/json:"
    yield f"{indent}    schema:"
    yield f'{indent}      $ref: "#/components/schemas/{schema}"'


def _schema(name: str, members: Members) -> Iterator[str]:
    yield f"    {name}:"
    yield "      type: object"
    if members:
        yield "      required:"
        yield from (f"        - {member}" for member in members)
        yield "      properties:"
    for member, kind in members.items():
        yield f"        {member}:{' {}' if kind == 'any' else ''}"
        yield from (f"          {line}" for line in _type(kind))


def _type(kind: str) -> Iterable[str]:
    if kind == "any":
        return ()
    if kind.endswith("?"):
        return ("type:", f"  - {kind[:-1]}", '  - "null"')
    if kind.startswith("["):
        return ("type: array", "items:", *(f"  {line}" for line in _type(kind[1:-1])))
    if kind[0].isupper():
        return (f'$ref: "#/components/schemas/{kind}"',)
    return (f"type: {kind}",)
