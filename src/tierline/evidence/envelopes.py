"""DSSE envelopes with Ed25519 signatures; knows nothing of what is signed, nor whom to believe.

The signature is over the pre-authentication encoding (github.com/secure-systems-lab/dsse), which
begins with the payload's type: what is signed as one kind never passes for another. `cryptography`
is imported late.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, cast

from tierline.mesh.clean import clean
from tierline.policy.trust import KIND, is_public_key
from tierline.report.keys import key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Malformed(Exception):  # noqa: N818 - a fact about a text, which whoever reads it words
    """What it is that makes a text no envelope, as words that follow `it`."""


def public_key(key: Ed25519PrivateKey) -> str:
    """The public half, as policy files and statements write it."""
    return KIND + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sealed(kind: str, content: bytes, key: Ed25519PrivateKey) -> str:
    """The envelope of a payload of this kind, as a JSON document with a line feed."""
    envelope = {
        "payloadType": kind,
        "payload": base64.b64encode(content).decode(),
        "signatures": [
            {
                "keyid": key_id(public_key(key)),
                "sig": base64.b64encode(key.sign(_framed(kind, content))).decode(),
            }
        ],
    }
    return json.dumps(envelope, indent=2) + "\n"


def payload_of(text: str, kind: str, largest: int) -> tuple[bytes, tuple[bytes, ...]]:
    """(payload, signatures) of an envelope of this kind; Malformed for anything else.

    `largest` is how many characters it may have.
    """
    if len(text) > largest:
        raise Malformed(f"has {len(text)} characters, at most {largest}")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("is no JSON document") from error
    envelope = _fields(value, {"payloadType", "payload", "signatures"})
    if envelope["payloadType"] != kind:
        raise Malformed(f"is of type {clean(str(envelope['payloadType']), 80)}")
    signatures = envelope["signatures"]
    if not isinstance(signatures, list):
        raise Malformed("has no list of signatures")
    signed = [_fields(one, {"keyid", "sig"})["sig"] for one in cast("list[object]", signatures)]
    return _bytes(envelope["payload"]), tuple(map(_bytes, signed))


def fits(public: str, signature: bytes, kind: str, content: bytes) -> bool:
    """Whether it is that key's signature over the payload of this kind."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - slow to import
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - slow to import
        Ed25519PublicKey,
    )

    if not is_public_key(public):
        return False
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix(KIND)))
    try:
        key.verify(signature, _framed(kind, content))
    except InvalidSignature:
        return False
    return True


def _framed(kind: str, content: bytes) -> bytes:
    """DSSE's PAE(type, body): both with their lengths, so that no two pairs read alike."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(content), content)


def _fields(value: object, names: set[str]) -> dict[str, object]:
    if not isinstance(value, dict) or set(cast("dict[str, object]", value)) != names:
        raise Malformed(f"is not an object of {', '.join(sorted(names))}")
    return cast("dict[str, object]", value)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise Malformed("has a payload or signature that is not base64")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("has a payload or signature that is not base64") from error
