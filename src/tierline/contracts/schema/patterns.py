"""Regular expressions of contracts: only the simplest are understood, and none is ever run.

An expression may come from anybody and take for ever.
"""

from __future__ import annotations

import re

from tierline.regex import regex

_LITERAL = regex(r"(\^?)((?:[A-Za-z0-9_ :@/-]|\\[-._/$])*)(\$?)")
_TRIVIAL = frozenset({"", "^", "$", ".*", "^.*", ".*$"})


def matches(pattern: str, text: str) -> bool | None:
    """Whether a pattern is found in a text; None for one that is more than plain characters."""
    if is_trivial(pattern):
        return True
    plain = _LITERAL.fullmatch(pattern)
    if plain is None:
        return None
    word = re.sub(r"\\(.)", r"\1", plain[2])
    if plain[1] and plain[3]:
        return text == word
    if plain[1]:
        return text.startswith(word)
    return text.endswith(word) if plain[3] else word in text


def is_trivial(pattern: str) -> bool:
    """Whether it is found in every text."""
    return pattern in _TRIVIAL
