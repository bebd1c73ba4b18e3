"""Signs statements on plans and opens signed ones: approvals in DSSE envelopes.

Who may approve is a policy's word.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tierline.errors import UsageError
from tierline.evidence.envelopes import Malformed, fits, payload_of, sealed
from tierline.facts.approval import Statement
from tierline.plan.approval_document import payload, read_payload

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PAYLOAD_TYPE = "application/vnd.tierline.approval+json"
LARGEST = 64 * 1024
"""characters of an envelope"""


def signed(statement: Statement, key: Ed25519PrivateKey) -> str:
    """The envelope of a statement, as a JSON document with a line feed."""
    return sealed(PAYLOAD_TYPE, payload(statement), key)


def opened(text: str) -> Statement:
    """The statement in an envelope, and whether its signature is that of the key it names.

    UsageError for what is no such envelope. A signature that does not fit is no error: the
    statement is then not genuine, which whoever judges it will say.
    """
    try:
        content, signature = _parts(text)
    except Malformed as error:
        raise UsageError(
            f"not an approval: it {error}",
            code="approval/unusable",
            fix="ask the approver for it again: tierline approve PLAN -o FILE",
        ) from error
    statement = read_payload(content)
    genuine = fits(statement.key, signature, PAYLOAD_TYPE, content)
    return dataclasses.replace(statement, genuine=genuine and content == payload(statement))


def _parts(text: str) -> tuple[bytes, bytes]:
    content, signatures = payload_of(text, PAYLOAD_TYPE, LARGEST)
    if len(signatures) != 1:
        raise Malformed("has not exactly one signature")
    return content, signatures[0]
