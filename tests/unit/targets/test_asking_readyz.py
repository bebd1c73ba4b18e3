"""What a readiness answer says of owners."""

import pytest

from tierline.facts.evidence import Answer
from tierline.targets.asking.readyz import owners_in, said

AUTH, PROFILE = "M01-Authentication-Service", "M02-Profile-Service"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"owners": {"M01-Authentication-Service": true, "M02": false}}', {AUTH: True, PROFILE: False}),
        (b'{"dependencies": {"auth": "ok", "profile": "unreachable"}}', {AUTH: True, PROFILE: False}),
        (b'{"checks": [{"name": "auth", "status": "UP"}]}', {AUTH: True}),
        (b'{"owners": {"auth": {"ok": true}, "redis": true}}', {AUTH: True}),
        (b'{"owners": {"auth": "what"}}', {}),
        (b'{"owners": {"auth": true, "M01": false}}', {AUTH: False}),
        (b'{"owners": {}}', {}),
        (b'{"status": "ok"}', None),
        (b"ok", None),
        (b"[1]", None),
        (b'{"owners": "all"}', None),
        (b"[" * 100_000, None),
    ],
)  # fmt: skip
def test_shapes(body, expected):
    assert owners_in(body, [AUTH, PROFILE]) == expected


@pytest.mark.parametrize(
    ("answer", "body", "expected"),
    [
        (Answer.OK, b'{"owners": {"auth": true}}', (Answer.OK, "it", {AUTH: True})),
        (
            Answer.FAILED,
            b'{"owners": {"auth": false}}',
            (Answer.FAILED, f"it, without {AUTH}", {AUTH: False}),
        ),
        (Answer.FAILED, b"not found", (Answer.UNKNOWN, "it and names no owners", {})),
        (Answer.FAILED, None, (Answer.SILENT, "it", {})),
        (Answer.NOBODY, None, (Answer.NOBODY, "it", {})),
        (Answer.UNKNOWN, None, (Answer.UNKNOWN, "it", {})),
    ],
)
def test_what_comes_of_asking(answer, body, expected):
    assert said(answer, "it", body, [AUTH, PROFILE]) == expected
