"""Lines of a policy file that name keys and people, as values; knows no cryptography."""

from __future__ import annotations

import base64
import binascii

from tierline.policy.model import Approver, TrustedKey
from tierline.regex import regex

KIND = "ed25519:"
KEY_BYTES = 32
NAME = regex(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
"""names of people and keys; they are names of files, too"""
_EMAIL = regex(r"[^\s@<>,]{1,64}@[^\s@<>,]{1,190}")


def trusted_key_of(line: str) -> TrustedKey:
    """The value of `HOLDER ed25519:BASE64`; ValueError says what it should be."""
    words = line.split()
    if len(words) != 2 or not NAME.fullmatch(words[0]) or not is_public_key(words[1]):
        msg = "should be HOLDER ed25519:KEY, as `tierline key new HOLDER` prints it"
        raise ValueError(msg)
    return TrustedKey(words[0], words[1])


def approver_of(line: str) -> Approver:
    """The value of `NAME` or `NAME EMAIL EMAIL`; ValueError says what it should be."""
    name, *emails = line.split() or [""]
    addresses = tuple(word.strip("<>").lower() for word in emails)
    if not NAME.fullmatch(name) or not all(map(_EMAIL.fullmatch, addresses)):
        msg = "should be a name, and then the e-mail addresses under which that person commits"
        raise ValueError(msg)
    return Approver(name, addresses)


def is_public_key(text: str) -> bool:
    """Whether it is `ed25519:` and 32 bytes in base64, in its only spelling."""
    if not text.startswith(KIND):
        return False
    encoded = text.removeprefix(KIND)
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) == KEY_BYTES and base64.b64encode(key).decode() == encoded
