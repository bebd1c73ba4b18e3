"""The shape of a signed approval, as pydantic checks it; knows nothing of who may approve.

Its JSON Schema is published as `tierline/report/schemas/approval-1.json`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tierline.plan.approval_document import SCHEMA
from tierline.plan.wire import Digest, Name

Person = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$")]
PublicKey = Annotated[str, Field(pattern=r"^ed25519:[A-Za-z0-9+/]{43}=$")]
Stamp = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]


class StatementShape(BaseModel):
    """What an approver signs: the payload of the DSSE envelope in an approval file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, title=f"approval, {SCHEMA}")

    schema_: Annotated[Literal["tierline/approval/1"], Field(alias="schema")]
    act: Literal["approve", "withdraw"]
    """a withdrawal takes back what its signer said of the plan before"""
    plan_digest: Digest
    environment: Name
    mesh: str
    approver: Person
    key: PublicKey
    at: Stamp


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of what is signed, as it is published."""
    schema = StatementShape.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:tierline:approval:1",
        **schema,
    }
