"""Envelopes of approvals: whatever is changed in one, it is not genuine or no envelope any more."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import tierline.report
from tierline.errors import UsageError
from tierline.evidence.envelopes import public_key
from tierline.evidence.signatures import PAYLOAD_TYPE, opened, signed
from tierline.facts.approval import Act, Statement
from tierline.plan.approval_document import as_document, payload
from tierline.plan.approval_wire import json_schema
from tierline.report.keys import key_id

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SAID = Statement(
    Act.APPROVE, "a" * 32, "prod", "shop", "ada", public_key(KEY), 1_800_000_000.25, genuine=True
)
ENVELOPE = signed(SAID, KEY)


def repacked(content: bytes, key: Ed25519PrivateKey | None = None) -> str:
    """An envelope of other bytes, with the old signature or with one by `key` in our framing."""
    envelope = json.loads(ENVELOPE)
    envelope["payload"] = base64.b64encode(content).decode()
    if key is not None:
        framed = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(content)} ".encode() + content
        envelope["signatures"][0]["sig"] = base64.b64encode(key.sign(framed)).decode()
    return json.dumps(envelope)


def test_what_was_signed_comes_back_genuine() -> None:
    assert opened(ENVELOPE) == SAID
    assert opened(repacked(payload(SAID), KEY)) == SAID
    assert json.loads(ENVELOPE)["signatures"][0]["keyid"] == key_id(public_key(KEY))


def test_a_statement_signed_with_another_key_is_not_genuine() -> None:
    assert opened(signed(SAID, OTHER)) == replace(SAID, genuine=False)
    assert not opened(repacked(payload(SAID), OTHER)).genuine


@pytest.mark.parametrize(
    "change", [{"plan_digest": "b" * 32}, {"environment": "eu"}, {"at": 1.0}, {"approver": "bob"}]
)
def test_a_changed_statement_keeps_no_signature(change: dict[str, object]) -> None:
    changed = replace(SAID, **change)
    assert opened(repacked(payload(changed))) == replace(changed, genuine=False)


def test_a_signature_without_the_framing_of_an_approval_is_none() -> None:
    envelope = json.loads(ENVELOPE)
    envelope["signatures"][0]["sig"] = base64.b64encode(KEY.sign(payload(SAID))).decode()
    assert not opened(json.dumps(envelope)).genuine


def test_another_spelling_of_the_same_is_not_what_tierline_signs() -> None:
    spelt = json.dumps(as_document(SAID), indent=1).encode()
    assert not opened(repacked(spelt, KEY)).genuine


@given(st.integers(0, len(payload(SAID)) - 1), st.integers(1, 255))
def test_no_flipped_byte_passes(place: int, flip: int) -> None:
    content = bytearray(payload(SAID))
    content[place] ^= flip
    try:
        assert not opened(repacked(bytes(content))).genuine
    except UsageError as error:
        assert error.code == "approval/unusable"


@given(st.text(max_size=300) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_text_is_a_traceback(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        opened(text)
    assert caught.value.code == "approval/unusable"


BAD = [
    {"payloadType": "application/json"},
    {"payload": 3},
    {"payload": "=="},
    {"payload": base64.b64encode(b"{}").decode()},
    {"payload": base64.b64encode(b"\xff").decode()},
    {"signatures": {}},
    {"signatures": []},
    {"signatures": [{"sig": "", "keyid": ""}] * 2},
    {"signatures": [{"sig": "AA=="}]},
    {"signatures": [{"sig": None, "keyid": ""}]},
    {"more": 1},
]


@pytest.mark.parametrize("change", BAD, ids=str)
def test_another_shape_is_no_approval(change: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"not an approval|what is signed"):
        opened(json.dumps({**json.loads(ENVELOPE), **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "tierline/approval/2"},
        {"act": "maybe"},
        {"plan_digest": "A" * 32},
        {"key": "ed25519:abc"},
        {"approver": "a/b"},
        {"at": "2026-02-31T00:00:00.000000Z"},
        {"at": 3},
        {"genuine": True},
        {"environment": "a\u202eb"},
    ],
    ids=str,
)
def test_signed_or_not_what_is_no_statement_is_refused(change: dict[str, object]) -> None:
    content = json.dumps({**as_document(SAID), **change}).encode()
    with pytest.raises(UsageError) as caught:
        opened(repacked(content, KEY))
    assert caught.value.code == "approval/unusable"


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    weak = replace(SAID, key="ed25519:" + base64.b64encode(bytes(32)).decode())
    assert not opened(repacked(payload(weak))).genuine
    loose = replace(SAID, key=SAID.key[:-2] + "1=")
    assert not opened(repacked(payload(loose), KEY)).genuine


def test_the_published_schema_is_that_of_the_statement() -> None:
    file = Path(tierline.report.__file__).parent / "schemas" / "approval-1.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    assert schema == json_schema()
    Draft202012Validator(schema).validate(as_document(SAID))
