"""Signs statements on plans and opens signed ones: DSSE envelopes with Ed25519.

The signature is over DSSE's pre-authentication encoding (github.com/secure-systems-lab/dsse), which
begins with the payload's type: a key that signs other things, too, never signs an approval by it.
Who may approve is a policy's word. `cryptography` is imported late.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
from typing import TYPE_CHECKING, cast

from tierline.errors import UsageError
from tierline.facts.approval import Statement
from tierline.mesh.clean import clean
from tierline.plan.approval_document import payload, read_payload
from tierline.policy.trust import KIND, is_public_key
from tierline.report.keys import key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PAYLOAD_TYPE = "application/vnd.tierline.approval+json"
LARGEST = 64 * 1024
"""characters of an envelope"""


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, as policy files and statements write it."""
    return KIND + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def signed(statement: Statement, key: Ed25519PrivateKey) -> str:
    """The envelope of a statement, as a JSON document with a line feed."""
    content = payload(statement)
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(content).decode(),
        "signatures": [
            {
                "keyid": key_id(statement.key),
                "sig": base64.b64encode(key.sign(_framed(content))).decode(),
            }
        ],
    }
    return json.dumps(envelope, indent=2) + "\n"


def opened(text: str) -> Statement:
    """The statement in an envelope, and whether its signature is that of the key it names.

    UsageError for what is no such envelope. A signature that does not fit is no error: the
    statement is then not genuine, which whoever judges it will say.
    """
    content, signature = _parts(text)
    statement = read_payload(content)
    return dataclasses.replace(
        statement,
        genuine=_fits(statement.key, signature, content) and content == payload(statement),
    )


def _fits(public: str, signature: bytes, content: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - slow to import
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - slow to import
        Ed25519PublicKey,
    )

    if not is_public_key(public):
        return False
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix(KIND)))
    try:
        key.verify(signature, _framed(content))
    except InvalidSignature:
        return False
    return True


def _framed(content: bytes) -> bytes:
    """DSSE's PAE(type, body): both with their lengths, so that no two pairs read alike."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(content), content)


def _parts(text: str) -> tuple[bytes, bytes]:
    if len(text) > LARGEST:
        raise _unusable(f"it has {len(text)} characters, an approval at most {LARGEST}")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unusable("it is no JSON document") from error
    envelope = _fields(value, {"payloadType", "payload", "signatures"})
    if envelope["payloadType"] != PAYLOAD_TYPE:
        raise _unusable(f"it is of type {clean(str(envelope['payloadType']))}")
    signatures = envelope["signatures"]
    if not isinstance(signatures, list) or len(cast("list[object]", signatures)) != 1:
        raise _unusable("it has not exactly one signature")
    signature = _fields(cast("list[object]", signatures)[0], {"keyid", "sig"})
    return _bytes(envelope["payload"]), _bytes(signature["sig"])


def _fields(value: object, names: set[str]) -> dict[str, object]:
    if not isinstance(value, dict) or set(cast("dict[str, object]", value)) != names:
        raise _unusable(f"it is not an object of {', '.join(sorted(names))}")
    return cast("dict[str, object]", value)


def _bytes(value: object) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else _no_text()
    except (binascii.Error, ValueError) as error:
        raise _unusable("its payload or signature is not base64") from error


def _no_text() -> bytes:
    raise ValueError


def _unusable(fact: str) -> UsageError:
    return UsageError(
        f"not an approval: {fact}",
        code="approval/unusable",
        fix="ask the approver for it again: tierline approve PLAN -o FILE",
    )
