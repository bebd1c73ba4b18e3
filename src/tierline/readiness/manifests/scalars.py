"""What Kubernetes takes an unquoted scalar for: its YAML is not quite YAML 1.2.

kubectl and client-go read YAML with sigs.k8s.io/yaml, whose core words and numbers are those of
YAML 1.1 (gopkg.in/yaml.v2): `on` is true and `0644` is 420, but `22:22` is a text.
"""

from __future__ import annotations

from tierline.mesh.node import NULLS, Scalar
from tierline.regex import regex

NOTHING, BOOLEAN, INTEGER, NUMBER, TEXT = "nothing", "boolean", "integer", "number", "text"

WORDS = {
    NOTHING: "nothing",
    BOOLEAN: "a true/false value",
    INTEGER: "a number",
    NUMBER: "a number with a fraction",
    TEXT: "a text",
}
"""what was found, in words that fit "... where a text belongs"."""

_BOOLEANS = frozenset(
    form
    for word in ("y", "yes", "true", "on", "n", "no", "false", "off")
    for form in (word, word.capitalize(), word.upper())
)
_TRUE = frozenset({"y", "yes", "true", "on"})
_INTEGER = regex(
    r"[-+]?(0[xX]_*[0-9a-fA-F][0-9a-fA-F_]*|0[bB]_*[01][01_]*|0[oO]_*[0-7][0-7_]*|0[0-7_]*|[1-9][0-9_]*)"
)
_NUMBER = regex(
    r"[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_LONGEST = 40
"""characters of a number"""
_FIRST = frozenset("+-.0123456789")


def read_as(scalar: Scalar) -> str:
    """NOTHING, BOOLEAN, INTEGER, NUMBER or TEXT."""
    text = scalar.text
    if not scalar.plain:
        return TEXT
    if text[:1] not in _FIRST:
        if text in NULLS:
            return NOTHING
        return BOOLEAN if text in _BOOLEANS else TEXT
    if len(text) > _LONGEST:
        return TEXT
    if _INTEGER.fullmatch(text):
        return INTEGER
    return NUMBER if _NUMBER.fullmatch(text) else TEXT


def integer_of(text: str) -> int:
    """The value of a scalar that reads as INTEGER."""
    bare = text.replace("_", "")
    digits = bare.lstrip("+-")
    octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    return int(bare, 8) if octal else int(bare, 0)


def is_true(scalar: object) -> bool:
    """Whether Kubernetes takes a value for true."""
    return isinstance(scalar, Scalar) and scalar.plain and scalar.text.lower() in _TRUE


def is_false(scalar: object) -> bool:
    """Whether Kubernetes takes a value for false."""
    return (
        isinstance(scalar, Scalar)
        and read_as(scalar) == BOOLEAN
        and scalar.text.lower() not in _TRUE
    )
